// Hashes of definitions: SHA-256 (FIPS 180-4) of canonical bytes, cut to 128 bits.
//
// Promises: two definitions with one hash mean the same; names of fields, order of union members and formatting do not
// count. Values that a lambda captured count by what they are, so that two closures of one text with other values
// differ.

import { createHash } from 'node:crypto'
import type { GraphLambda, GraphNode } from '../../core/plan/graph.ts'
import { JobError } from '../../core/plan/job-error.ts'
import type { Schema, SchemaDocument } from '../../core/plan/schema.ts'
import { canonicalBytes, compareValues } from '../../core/values/canonical.ts'

/** Counts up when what goes into a hash changes, so that states of another version are refused. */
const VERSION = 1

/** The hash of plain data, as 32 hexadecimal digits. */
export function hashOf(definition: unknown): string {
  return createHash('sha256')
    .update(canonicalBytes([VERSION, definition]))
    .digest('hex')
    .slice(0, 32)
}

/**
 * Options that are not hashed where they have these values, by the kind of node: a plan with one means the same as a
 * plan without it.
 */
const UNSPOKEN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  source: { validate: 'full', upserts: false },
  joinTable: { at: 'same', versions: 'time' },
  output: { format: { kind: 'json' } },
}

/** The parameters of a node as they are hashed. */
export function spokenParams({ kind, params }: Pick<GraphNode, 'kind' | 'params'>): unknown {
  const unspoken = UNSPOKEN[kind] ?? {}
  const isSpoken = ([name, value]: readonly [string, unknown]): boolean =>
    !Object.hasOwn(unspoken, name) || compareValues(value, unspoken[name]) !== 0
  return Object.fromEntries(Object.entries(params).filter(isSpoken))
}

/**
 * What a lambda is, as plain data: the hash that static reading gave it, or the text of the closure, and the values
 * that it captured. Throws `JobError` where such a value goes too deep or was never set.
 */
export function lambdaForm(lambda: GraphLambda, staticHash: string | null): unknown {
  if (lambda.own !== undefined) return { own: lambda.own }
  const code = staticHash === null ? { text: String(lambda.fn) } : { hash: staticHash }
  if (lambda.captured === null) return { code }
  const captured = Object.entries(readCaptured(lambda)).map(([name, value]) => [name, capturedForm(lambda, value, [])])
  return { code, captured }
}

function readCaptured(lambda: GraphLambda): Readonly<Record<string, unknown>> {
  try {
    return lambda.captured?.() ?? {}
  } catch {
    throw new JobError('bad-argument', 'a lambda reads a variable that never got a value.', lambda.callId)
  }
}

/** Greatest depth of captured values. */
const MAX_DEPTH = 50

/** A captured value as plain data, with a tag on everything that is not plain data itself. */
function capturedForm(lambda: GraphLambda, value: unknown, path: readonly object[]): unknown {
  if (typeof value === 'function') return ['function', String(value)]
  if (typeof value === 'symbol') return ['symbol', String(value)]
  if (value === undefined) return ['undefined']
  if (typeof value !== 'object' || value === null) return ['value', Object.is(value, -0) ? '-0' : value]
  if (path.includes(value)) return ['cycle', path.length - path.indexOf(value)]
  if (path.length >= MAX_DEPTH) {
    throw new JobError(
      'bad-argument',
      'a lambda captures a value that is nested too deeply to be hashed.',
      lambda.callId,
    )
  }
  const part = (inner: unknown): unknown => capturedForm(lambda, inner, [...path, value])
  if (value instanceof RegExp) return ['regexp', value.source, value.flags]
  if (value instanceof Date) return ['date', value.getTime()]
  if (value instanceof Uint8Array) return ['bytes', value]
  if (Array.isArray(value)) return ['array', value.map(part)]
  if (value instanceof Map) return ['map', [...value].map(([k, v]) => [part(k), part(v)])]
  if (value instanceof Set) return ['set', [...value].map(part)]
  const kind = Object.getPrototypeOf(value) === null ? 'object' : String(value.constructor?.name ?? 'object')
  return ['object', kind, Object.keys(value).map(name => [name, part((value as Record<string, unknown>)[name])])]
}

/** A schema in a normal form: fields by name and members of unions in the order of their own canonical values. */
export function schemaForm({ root, defs }: SchemaDocument): unknown {
  return {
    root: typeForm(root),
    defs: Object.entries(defs)
      .map(([name, schema]) => [name, typeForm(schema)])
      .sort(compareValues),
  }
}

function typeForm(schema: Schema): unknown {
  switch (schema.kind) {
    case 'array':
      return { kind: schema.kind, items: typeForm(schema.items) }
    case 'tuple': {
      const { items, required, rest } = schema
      return { kind: schema.kind, items: items.map(typeForm), required, rest: rest === null ? null : typeForm(rest) }
    }
    case 'object': {
      const fields = schema.fields.map(f => ({ name: f.name, schema: typeForm(f.schema), optional: f.optional }))
      return { kind: schema.kind, fields: fields.sort((a, b) => compareValues(a.name, b.name)) }
    }
    case 'record':
      return { kind: schema.kind, values: typeForm(schema.values) }
    case 'union':
      return { kind: schema.kind, members: schema.members.map(typeForm).sort(compareValues) }
    default:
      return schema
  }
}
