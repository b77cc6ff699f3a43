// The size of a record that an output writes, against the limit that the job sets.
//
// Promises: a function of the element alone: the bytes of its key and of its value, whatever a log adds to them.

import { Unencodable } from '../values/canonical.ts'

/** Throws `Unencodable` for a record that is larger than `maxBytes`; without a limit any size passes. */
export function checkRecordSize(maxBytes: number | undefined, key: Uint8Array | null, value: Uint8Array): void {
  if (maxBytes === undefined) return
  if ((key?.length ?? 0) + value.length > maxBytes) throw new Unencodable('$', `more than ${maxBytes} bytes`)
}
