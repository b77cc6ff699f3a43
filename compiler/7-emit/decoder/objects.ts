// Objects of the emitted decoder: one function for each object type and use of it.
//
// Promises: fields in any order, fastest in the order of the record before; with a duplicate, missing or misspelt field
// the obvious decoder decides. What is built has the fields of the schema's order, absent optional ones left out, as
// the obvious decoder builds it.

import type { PlainSchema } from '../../../core/decode/tree.ts'
import type { SchemaField, Uses } from '../../../core/plan/schema.ts'
import { property, text } from '../code.ts'
import { BLANKS, byteLength, bytesAt, type Emitter, quotedPlainly, type Target } from './emitter.ts'

type ObjectSchema = Extract<PlainSchema, { kind: 'object' }>

/** Fields that one word of bits can mark as seen. */
const BITS = 31

/** Uses of a field, or null where it is not used. */
function usesOf(uses: Uses, name: string): Uses | null {
  if (uses === true) return true
  return Object.hasOwn(uses, name) ? (uses[name] as Uses) : null
}

/**
 * For recursive types: a condition that is true where nesting goes too deep, and the statement on the way out. Else
 * empty.
 */
interface DepthGuard {
  readonly guard: string
  readonly leave: string
}

/**
 * A function `name(b, v, p, end)` that reads an object at `p`: its value, or (where `uses` is null) the place behind
 * it.
 */
export function objectFunction(
  emitter: Emitter,
  name: string,
  schema: ObjectSchema,
  uses: Uses | null,
  { guard, leave }: DepthGuard,
): string {
  const bail = uses === null ? 'return -1' : 'return undefined'
  const keys = emitter.fresh('keys')
  emitter.setup(`const ${keys} = new KeyTable([${schema.fields.map(f => text(f.name)).join(', ')}])`)
  emitter.setup(`const ${keys}Next = ${keys}.next`)
  emitter.setup(`const ${keys}Start = ${keys}.start`)
  const words = Math.ceil(schema.fields.length / BITS)
  const seen = Array.from({ length: words }, (_, w) => `seen${w}`)
  const used = schema.fields.flatMap((f, i) => (uses !== null && usesOf(uses, f.name) !== null ? [`f${i}`] : []))
  const cases = schema.fields.map((f, i) => fieldCase(emitter, f, i, uses === null ? null : usesOf(uses, f.name), bail))
  return `function ${name}(b, v, p, end) {
    ${guard === '' ? '' : `if (${guard}) ${bail}`}
    if (b[p] !== 123) ${bail}
    p++
    ${BLANKS}
    ${seen.map(s => `let ${s} = 0`).join('\n')}
    ${used.length === 0 ? '' : `let ${used.join(', ')}`}
    if (b[p] === 125) p++
    else {
      let before = ${keys}Start
      let f = ${keys}Next[before]
      for (;;) {
        if (p >= end || b[p] !== 34) ${bail}
        let hit = false
        field: for (;;) {
          switch (f) {
            ${cases.join('\n')}
            default: {
              if (!hit) {
                const behind = ${keys}.match(b, p, f)
                if (behind < 0) break
                p = behind
              }
              ${BLANKS}
              p = skipAny(b, v, p, end, 0)
              if (p < 0) ${bail}
              break field
            }
          }
          f = ${keys}.find(b, v, p, end, before, f)
          if (f < 0) ${bail}
          p = stopped[0]
          hit = true
        }
        before = f
        f = ${keys}Next[f]
        ${BLANKS}
        if (p >= end) ${bail}
        if (b[p] === 44) {
          p++
          ${BLANKS}
          continue
        }
        if (b[p] !== 125) ${bail}
        p++
        break
      }
    }
    ${requiredTest(schema.fields, bail)}
    ${guard === '' ? '' : leave}
    ${uses === null ? 'return p' : `stopped[0] = p\n${build(schema.fields, used)}`}
  }`
}

function fieldCase(emitter: Emitter, field: SchemaField, index: number, uses: Uses | null, bail: string): string {
  const quoted = quotedPlainly(field.name)
  const seen = `seen${Math.floor(index / BITS)}`
  const bit = 1 << (index % BITS)
  const target: Target = { into: uses === null ? null : `f${index}`, uses: uses ?? true, bail }
  // A name that JSON can only write with escapes is never met here: the obvious decoder reads such keys.
  const missed = quoted === null ? 'true' : `!(${bytesAt(`${quoted}:`)})`
  return `case ${index}: {
      if (!hit) {
        if (${missed}) break
        p += ${quoted === null ? 0 : byteLength(quoted) + 1}
      }
      if (${seen} & ${bit}) ${bail}
      ${seen} |= ${bit}
      ${BLANKS}
      ${emitter.value(field.schema, target)}
      break field
    }`
}

function requiredTest(fields: readonly SchemaField[], bail: string): string {
  const words: number[] = []
  fields.forEach((field, i) => {
    if (!field.optional) words[Math.floor(i / BITS)] = (words[Math.floor(i / BITS)] ?? 0) | (1 << (i % BITS))
  })
  return words.map((required, w) => `if ((seen${w} & ${required}) !== ${required}) ${bail}`).join('\n')
}

/** One literal where all fields are there; step by step, in the same order, where an optional one is absent. */
function build(fields: readonly SchemaField[], used: readonly string[]): string {
  const parts = fields.flatMap((field, i) => (used.includes(`f${i}`) ? [{ ...field, value: `f${i}` }] : []))
  const literal = `return { ${parts.map(p => `${property(p.name)}: ${p.value}`).join(', ')} }`
  const optional = parts.filter(p => p.optional)
  if (optional.length === 0) return literal
  const from = parts.findIndex(p => p.optional)
  const first = parts.slice(0, from).map(p => `${property(p.name)}: ${p.value}`)
  const rest = parts.slice(from).map(p => {
    const set =
      p.name === '__proto__'
        ? `Object.defineProperty(out, '__proto__', { value: ${p.value}, writable: true, enumerable: true, configurable: true })`
        : `out[${text(p.name)}] = ${p.value}`
    return p.optional ? `if (${p.value} !== undefined) ${set}` : set
  })
  return `if (${optional.map(p => `${p.value} !== undefined`).join(' && ')}) ${literal}
    const out = { ${first.join(', ')} }
    ${rest.join('\n')}
    return out`
}
