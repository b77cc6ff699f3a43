// The names of fields as they follow each other in canonical objects: most objects have the fields of one before them.
//
// Promises: what `decodeText` gives for the same bytes; no more than STEPS names are kept, whatever the data, and those
// that come most often are found first, whatever came before them.

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
  const { following } = before
  for (let k = 0; k < following.length; k++) {
    const step = following[k] as FieldStep
    const { bytes } = step
    let i = 0
    while (i < bytes.length && source[position + i] === bytes[i]) i++
    // Texts end with a zero that is no part of an escaped one.
    if (i < bytes.length || source[position + i] === 0xff) continue
    r.position = position + i
    if (k > 0) {
      following[k] = following[k - 1] as FieldStep
      following[k - 1] = step
    }
    return step
  }
  const name = decodeText(r)
  const step = { name, bytes: new Uint8Array(source.subarray(position, r.position)), following: [] }
  keep(before, step)
  return step
}

/** In place of the one that came least often, where there are enough; and from the start, where there are too many. */
function keep({ following }: FieldStep, step: FieldStep): void {
  if (steps === STEPS) {
    FIRST_FIELD.following.length = 0
    steps = 0
  }
  steps++
  if (following.length < FOLLOWING) following.push(step)
  else following[FOLLOWING - 1] = step
}
