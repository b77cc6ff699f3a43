// Unions of the emitted decoder: the first byte of a value says its JSON type, and so the member.
//
// Promises: at most one member for each JSON type is read here, literals of one type counting as one; there may be
// several objects where a discriminant with literals distinguishes them. Everything else is read by the obvious
// decoder.

import type { PlainSchema } from '../../../core/decode/tree.ts'
import type { Schema, SchemaField } from '../../../core/plan/schema.ts'
import type { Emitter, Target } from './emitter.ts'
import { type Literal, readLiterals } from './scalars.ts'

type Union = Extract<PlainSchema, { kind: 'union' }>
type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** The test of the first byte `c` for each JSON type except numbers, which are the rest. */
const FIRST: readonly (readonly [JsonType, string])[] = [
  ['string', 'c === 34'],
  ['object', 'c === 123'],
  ['array', 'c === 91'],
  ['null', 'c === 110'],
  ['boolean', 'c === 116 || c === 102'],
  ['number', 'c === 45 || (c >= 48 && c <= 57)'],
]

export function readUnion(emitter: Emitter, union: Union, target: Target): string {
  const members = flatMembers(emitter, union)
  if (members.some(m => m.kind === 'unknown' || m.kind === 'bytes')) return target.bail
  const branches = FIRST.flatMap(([type, test]) => {
    const ofType = members.filter(m => typeOf(m) === type)
    return ofType.length === 0 ? [] : [{ test, code: readMembers(emitter, ofType, union.discriminant, target) }]
  })
  const c = emitter.fresh('c')
  const tests = branches.map(({ test, code }) => `if (${test.replaceAll(/\bc\b/g, c)}) {\n${code}\n}`)
  return `const ${c} = b[p]
    ${tests.join(' else ')} else ${target.bail}`
}

/** The members of a union, with the unions among them opened. */
function flatMembers(emitter: Pick<Emitter, 'resolve'>, schema: Schema): PlainSchema[] {
  const plain = emitter.resolve(schema)
  return plain.kind === 'union' ? plain.members.flatMap(m => flatMembers(emitter, m)) : [plain]
}

function typeOf(member: PlainSchema): JsonType {
  switch (member.kind) {
    case 'literal':
      return typeof member.value as JsonType
    case 'bigint':
      return 'number'
    case 'tuple':
      return 'array'
    case 'record':
      return 'object'
    default:
      return member.kind as JsonType
  }
}

/** All members of one JSON type. */
function readMembers(
  emitter: Emitter,
  members: readonly PlainSchema[],
  discriminant: string | null,
  target: Target,
): string {
  const [first] = members
  if (first === undefined) return target.bail
  const whole = members.find(m => m.kind === 'string' || m.kind === 'number' || m.kind === 'boolean')
  if (whole !== undefined) {
    // A literal beside its whole type adds nothing, except that it says what -0 is read as; a bigint beside a number
    // does.
    return whole.kind === 'number' && members.length > 1 ? target.bail : emitter.value(whole, target)
  }
  if (members.length === 1) return emitter.value(first, target)
  if (members.every(m => m.kind === 'literal')) {
    return readLiterals(emitter, [...new Set(members.map(m => (m as { value: Literal }).value))], target)
  }
  return discriminant === null ? target.bail : readDiscriminated(emitter, members, discriminant, target)
}

/**
 * Objects distinguished by a field of string literals: it is looked for first, then the whole object is read as its
 * member. Without the field it is the member that declares it absent, if there is one.
 */
function readDiscriminated(
  emitter: Emitter,
  members: readonly PlainSchema[],
  discriminant: string,
  target: Target,
): string {
  const byLiteral = new Map<string, PlainSchema[]>()
  const absent = members.filter(member => fieldOf(member, discriminant)?.schema.kind === 'never')
  for (const member of members) {
    if (absent.includes(member)) continue
    const names = literalsOf(emitter, member, discriminant)
    if (names === null) return target.bail
    for (const name of names) byLiteral.set(name, [...(byLiteral.get(name) ?? []), member])
  }
  const at = emitter.fresh('at')
  const tag = emitter.fresh('tag')
  const cases = [...byLiteral].map(([name, of]) => {
    const code = of.length === 1 ? emitter.value(of[0] as Schema, target) : target.bail
    return `case ${JSON.stringify(name)}: {
        ${code}
        break
      }`
  })
  return `const ${at} = p
    p = seekField(b, v, p, end, ${JSON.stringify(discriminant)})
    if (p < 0) {
      p = ${at}
      ${absent.length === 1 ? emitter.value(absent[0] as Schema, target) : target.bail}
    } else {
      let ${tag}
      ${emitter.value({ kind: 'string' }, { ...target, into: tag, uses: true })}
      p = ${at}
      switch (${tag}) {
        ${cases.join('\n')}
        default:
          ${target.bail}
      }
    }`
}

function fieldOf(member: PlainSchema, name: string): SchemaField | undefined {
  return member.kind === 'object' ? member.fields.find(f => f.name === name) : undefined
}

/** The string literals that a member's discriminant may be; null where it is anything else. */
function literalsOf(emitter: Emitter, member: PlainSchema, name: string): string[] | null {
  const field = fieldOf(member, name)
  if (field === undefined || field.optional) return null
  const literals = flatMembers(emitter, field.schema).map(m => (m.kind === 'literal' ? m.value : null))
  return literals.every(l => typeof l === 'string') ? (literals as string[]) : null
}
