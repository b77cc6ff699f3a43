// The value of a joined pair, `{ left, right }`, in canonical bytes.

import { ByteWriter, concatBytes } from '../values/bytes.ts'
import { canonicalBytes } from '../values/canonical.ts'
import { fieldStart } from '../values/object-shape.ts'

const EMPTY = canonicalBytes({})
const START = concatBytes([EMPTY.subarray(0, 1), fieldStart('left')])
const BETWEEN = fieldStart('right')
const END = EMPTY.subarray(1)
const NULL = canonicalBytes(null)

const writer = new ByteWriter(512)

/** Of the canonical bytes of both sides; null for a side without a partner. Valid until the next one. */
export function pairValue(left: Uint8Array | null, right: Uint8Array | null): Uint8Array {
  writer.reset()
  writer.bytes(START)
  writer.bytes(left ?? NULL)
  writer.bytes(BETWEEN)
  writer.bytes(right ?? NULL)
  writer.bytes(END)
  return writer.view()
}
