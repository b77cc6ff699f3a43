// The names of fields as they follow each other in canonical objects: most objects have the fields of one before them.
//
// Promises: what `decodeText` gives for the same bytes; no more than STEPS names are kept, whatever the data.

import type { ByteReader } from './bytes.ts'
import { decodeText } from './canonical-text.ts'

/** Names that are kept in all, and after one name. */
const STEPS = 4096
const FOLLOWING = 8

/** A name, and those that have come after it. */
interface FieldStep {
  readonly name: string
  /** The text's bytes, with its end. */
  readonly bytes: Uint8Array
  readonly following: FieldStep[]
}

/** Before the first field. */
export const FIRST_FIELD: FieldStep = { name: '', bytes: new Uint8Array(0), following: [] }

let steps = 0

/** Reads the name that follows another one's field. */
export function decodeName(r: ByteReader, before: FieldStep): FieldStep {
  const { source, position } = r
  for (const step of before.following) {
    const { bytes } = step
    let i = 0
    while (i < bytes.length && source[position + i] === bytes[i]) i++
    // Texts end with a zero that is no part of an escaped one.
    if (i < bytes.length || source[position + i] === 0xff) continue
    r.position = position + i
    return step
  }
  const name = decodeText(r)
  const step = { name, bytes: new Uint8Array(source.subarray(position, r.position)), following: [] }
  if (steps < STEPS && before.following.length < FOLLOWING) {
    steps++
    before.following.push(step)
  }
  return step
}
