// Arrays, tuples and records (objects of any field names) of the emitted decoder.

import type { PlainSchema } from '../../../core/decode/tree.ts'
import type { Schema, Uses } from '../../../core/plan/schema.ts'
import { BLANKS, type Emitter, type Target } from './emitter.ts'

type Of<K extends PlainSchema['kind']> = Extract<PlainSchema, { kind: K }>

/** Use of the elements of an array, or of the values of a record. */
const elementUses = (uses: Uses): Uses => (uses === true ? true : (uses['[]'] ?? {}))

/** Only the presence is used: the value is skipped and replaced by an empty one. */
function presence(emitter: Emitter, schema: PlainSchema, target: Target, empty: string): string | null {
  if (target.into === null || target.uses === true || Object.keys(target.uses).length > 0) return null
  return `${emitter.value(schema, { ...target, into: null })}\n${target.into} = ${empty}`
}

interface Item {
  readonly declare: string
  readonly read: string
  readonly push: string
}

function item(emitter: Emitter, schema: Schema, target: Target, uses: Uses): Item {
  if (target.into === null) return { declare: '', read: emitter.value(schema, target), push: '' }
  const name = emitter.fresh('item')
  return {
    declare: `let ${name}`,
    read: emitter.value(schema, { ...target, into: name, uses }),
    push: `${target.into}.push(${name})`,
  }
}

/** Elements up to the closing bracket, from the first one on. */
function elements(emitter: Emitter, schema: Schema, target: Target): string {
  const { declare, read, push } = item(emitter, schema, target, elementUses(target.uses))
  return `for (;;) {
      if (p >= end) ${target.bail}
      ${declare}
      ${read}
      ${push}
      ${BLANKS}
      if (b[p] === 44) {
        p++
        ${BLANKS}
        continue
      }
      if (b[p] !== 93) ${target.bail}
      p++
      break
    }`
}

export function readArray(emitter: Emitter, schema: Of<'array'>, target: Target): string {
  const absent = presence(emitter, schema, target, '[]')
  if (absent !== null) return absent
  return `if (b[p] !== 91) ${target.bail}
    p++
    ${BLANKS}
    ${target.into === null ? '' : `${target.into} = []`}
    if (b[p] === 93) p++
    else ${elements(emitter, schema.items, target)}`
}

export function readTuple(emitter: Emitter, schema: Of<'tuple'>, given: Target): string {
  const absent = presence(emitter, schema, given, '[]')
  if (absent !== null) return absent
  const { items, required, rest } = schema
  const target: Target = { ...given, uses: true }
  const block = emitter.fresh('tuple')
  const parts = items.map((part, index) => {
    const { declare, read, push } = item(emitter, part, target, true)
    const more = index + 1 < items.length || rest !== null
    return `if (p >= end) ${target.bail}
      ${declare}
      ${read}
      ${push}
      ${BLANKS}
      if (b[p] === 93) {
        ${index + 1 < required ? target.bail : `p++\nbreak ${block}`}
      }
      if (b[p] !== 44) ${target.bail}
      ${more ? `p++\n${BLANKS}` : target.bail}`
  })
  return `if (b[p] !== 91) ${target.bail}
    p++
    ${BLANKS}
    ${target.into === null ? '' : `${target.into} = []`}
    ${block}: {
      if (b[p] === 93) {
        ${required > 0 ? target.bail : `p++\nbreak ${block}`}
      }
      ${parts.join('\n')}
      ${rest === null ? (items.length === 0 ? target.bail : '') : elements(emitter, rest, target)}
    }`
}

export function readRecord(emitter: Emitter, schema: Of<'record'>, target: Target): string {
  const absent = presence(emitter, schema, target, '{}')
  if (absent !== null) return absent
  const name = emitter.fresh('name')
  const keyTarget: Target = { ...target, into: target.into === null ? null : name, uses: true }
  const value = item(emitter, schema.values, target, elementUses(target.uses))
  const put =
    target.into === null
      ? ''
      : `if (${name} === '__proto__') ${target.bail}
         ${target.into}[${name}] = ${value.declare.slice('let '.length)}`
  return `if (b[p] !== 123) ${target.bail}
    p++
    ${BLANKS}
    ${target.into === null ? '' : `${target.into} = {}`}
    if (b[p] === 125) p++
    else for (;;) {
      if (p >= end) ${target.bail}
      ${target.into === null ? '' : `let ${name}`}
      ${emitter.value({ kind: 'string' }, keyTarget)}
      ${BLANKS}
      if (b[p] !== 58) ${target.bail}
      p++
      ${BLANKS}
      if (p >= end) ${target.bail}
      ${value.declare}
      ${value.read}
      ${put}
      ${BLANKS}
      if (b[p] === 44) {
        p++
        ${BLANKS}
        continue
      }
      if (b[p] !== 125) ${target.bail}
      p++
      break
    }`
}
