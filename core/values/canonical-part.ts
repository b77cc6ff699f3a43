// Reading a part of a value's canonical bytes: the fields that somebody uses.
//
// Promises: what `decodeBytes` gives, but for fields of objects that are not used; those are absent. What comes behind
// the last field that is used is not read.

import type { Uses } from '../plan/schema.ts'
import { ByteReader } from './bytes.ts'
import { decodeBytes, decodeValue, ended, putField, skipValue, startsObject } from './canonical.ts'
import { decodeName, FIRST_FIELD } from './field-names.ts'

/** The fields of an object that are used, and what of them is. */
type UsedFields = ReadonlyMap<string, UsedFields | null>

/** Reads the used part of a value. Throws as `decodeValue`. */
export function partDecoder(uses: Uses): (bytes: Uint8Array) => unknown {
  const fields = usedFields(uses)
  return fields === null ? decodeBytes : bytes => decodePart(new ByteReader(bytes), fields, true)
}

/** Null where the whole value is used: parts of arrays and of objects with any fields are not told apart. */
function usedFields(uses: Uses): UsedFields | null {
  if (uses === true || Object.hasOwn(uses, '[]')) return null
  return new Map(Object.entries(uses).map(([name, part]) => [name, usedFields(part)]))
}

/** `last`: nothing is read behind this value. */
function decodePart(r: ByteReader, fields: UsedFields, last: boolean): unknown {
  if (!startsObject(r)) return decodeValue(r)
  r.position++
  const out: Record<string, unknown> = {}
  let left = fields.size
  let step = FIRST_FIELD
  while ((left > 0 || !last) && !ended(r)) {
    r.position++ // the field mark
    step = decodeName(r, step)
    const part = fields.get(step.name)
    if (part === undefined) skipValue(r)
    else {
      left--
      putField(out, step.name, part === null ? decodeValue(r) : decodePart(r, part, last && left === 0))
    }
  }
  return out
}
