// `validate: 'used'`: which part of a type is validated, that it refuses nothing which the whole type accepts, and that
// the emitted and the obvious decoder agree on it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitUses } from '../../../compiler/5-plan/fit-uses.ts'
import { planGraph } from '../../../compiler/5-plan/plan-graph.ts'
import { usedPart } from '../../../compiler/5-plan/used-part.ts'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { FormatSpec, SourceNode } from '../../../core/plan/plan.ts'
import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { job, type KeyedStream, source } from '../../../dsl/index.ts'
import { graph } from '../../support/run-job.ts'
import { exactText, records, schemas, usedParts, usesOf } from '../7-emit/arbitraries.ts'
import { fastDecoder } from '../7-emit/fast-decoder.ts'
import { factsOf, marked, objectSchema } from './facts.ts'

const JSON_FORMAT: FormatSpec = { kind: 'json' }

const string: Schema = { kind: 'string' }
const number: Schema = { kind: 'number' }
const nil: Schema = { kind: 'null' }
const literal = (value: string | number): Schema => ({ kind: 'literal', value })
const object = (fields: Record<string, Schema>): Schema => ({
  kind: 'object',
  fields: Object.entries(fields).map(([name, schema]) => ({ name, schema, optional: false })),
})
const array = (items: Schema): Schema => ({ kind: 'array', items })
const union = (discriminant: string | null, ...members: Schema[]): Schema => ({ kind: 'union', members, discriminant })
const documentOf = (root: Schema, defs: Record<string, Schema> = {}): SchemaDocument => ({ root, defs })

const VERSIONS = union(
  'version',
  object({ n: number, version: literal(1) }),
  object({ n: string, s: string, version: literal(2) }),
)
const TREE: Schema = object({ kids: array({ kind: 'ref', name: 'Tree' }), n: number })

/** Type, uses, and the used part of the type. */
const CASES: readonly { name: string; type: SchemaDocument; uses: Uses; left: SchemaDocument }[] = [
  {
    name: 'fields',
    type: documentOf(object({ a: string, b: number })),
    uses: { b: true },
    left: documentOf(object({ b: number })),
  },
  { name: 'nothing', type: documentOf(object({ a: string })), uses: {}, left: documentOf(object({})) },
  { name: 'the whole', type: documentOf(object({ a: string })), uses: true, left: documentOf(object({ a: string })) },
  {
    name: 'elements',
    type: documentOf(object({ a: array(object({ x: number, y: number })) })),
    uses: { a: { '[]': { x: true } } },
    left: documentOf(object({ a: array(object({ x: number })) })),
  },
  {
    name: 'presence of an array',
    type: documentOf(object({ a: array(string) })),
    uses: { a: {} },
    left: documentOf(object({ a: array({ kind: 'unknown' }) })),
  },
  {
    name: 'presence of what may be null',
    type: documentOf(object({ a: union(null, nil, object({ x: string })) })),
    uses: { a: {} },
    left: documentOf(object({ a: union(null, nil, object({})) })),
  },
  {
    name: 'what tells the members of a union apart',
    type: documentOf(VERSIONS),
    uses: { s: true },
    left: documentOf(union('version', object({ s: string, version: literal(2) }), object({ version: literal(1) }))),
  },
  {
    name: 'a recursive type as far as it is looked at',
    type: documentOf(TREE, { Tree: TREE, Other: string }),
    uses: { kids: { '[]': { n: true } } },
    left: documentOf(object({ kids: array(object({ n: number })) })),
  },
  {
    name: 'a recursive type as a whole, without what it does not need',
    type: documentOf(TREE, { Tree: TREE, Other: string }),
    uses: { kids: true },
    left: documentOf(object({ kids: array({ kind: 'ref', name: 'Tree' }) }), { Tree: TREE }),
  },
]

describe('the used part of a type', () => {
  it.each(CASES)('$name', ({ type, uses, left }) => {
    expect(usedPart(fitUses(uses, type), type)).toEqual(left)
  })

  it('is in the plan, and in the hash, only with that option', () => {
    const planned = (validate: 'full' | 'used', used: readonly string[]): SourceNode => {
      const uses = Object.fromEntries(used.map(name => [name, true as const]))
      const schema = objectSchema({ a: 'number', b: 'number', c: 'number' })
      const facts = factsOf({ 0: { schema }, 1: { lambdas: { fn: { uses, hash: 'h' } } } })
      const events = marked(source<{ a: number }>, 0, ['events', { validate }])
      const keyed = marked(events.keyBy.bind(events) as () => KeyedStream<number, unknown>, 1, [(e: unknown) => e])
      const plan = planGraph(graph(job('j', { n: keyed.count() })), facts)
      return plan.nodes.find(n => n.kind === 'source') as SourceNode
    }
    const names = ({ schema }: SourceNode): string[] =>
      schema.root.kind === 'object' ? schema.root.fields.map(f => f.name) : []
    const [full, fullMore] = [planned('full', ['a']), planned('full', ['a', 'b'])]
    const [part, partMore] = [planned('used', ['a']), planned('used', ['a', 'b'])]
    expect([full, fullMore, part, partMore].map(names)).toEqual([['a', 'b', 'c'], ['a', 'b', 'c'], ['a'], ['a', 'b']])
    expect(new Set([full.hash, fullMore.hash]).size).toBe(1)
    expect(new Set([full.hash, part.hash, partMore.hash]).size).toBe(3)
  })

  it('accepts what the whole accepts, and is read the same by both decoders', { timeout: 60_000 }, () => {
    const cases = schemas.chain(schema =>
      fc.record({
        schema: fc.constant(schema),
        uses: usesOf(schema),
        list: fc.array(records(schema), { minLength: 1, maxLength: 8 }),
      }),
    )
    let fast = 0
    let more = 0
    fc.assert(
      fc.property(cases, ({ schema, uses, list }) => {
        const fitted = fitUses(uses, schema)
        const part = usedPart(fitted, schema)
        const [whole, obvious] = [makeDecoder(JSON_FORMAT, schema), makeDecoder(JSON_FORMAT, part)]
        const quick = fastDecoder(JSON_FORMAT, part, fitted)
        for (const bytes of list) {
          const decoding = obvious(bytes)
          if (whole(bytes).ok) expect(decoding.ok).toBe(true)
          else if (decoding.ok) more++
          const got = quick(bytes)
          if (got === undefined) continue
          fast++
          expect(exactText(got)).toBe(decoding.ok ? exactText(usedParts(decoding.value, fitted)) : decoding)
        }
      }),
      { numRuns: 600 },
    )
    expect(fast).toBeGreaterThan(100)
    expect(more).toBeGreaterThan(10)
  })
})
