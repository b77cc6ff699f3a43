// An index in the order of time of what a node remembers, so that what may be forgotten is found without looking at the rest.
//
// Promises: `expire` looks at what this settlement has added, `settle` at the state too; both stop at the first that must stay. Within one
// settlement entries are added in the order of time.

import { ByteReader, compareBytes, concatBytes } from '../../bytes.ts'
import { canonicalBytes, decodeValue } from '../../canonical.ts'
import type { ChangeSink, StateAccess } from '../environment.ts'

/** Told of an entry that is forgotten; the bytes are valid during the call. */
type Forget = (time: number, name: Uint8Array) => void

interface Entry {
  readonly time: number
  readonly name: Uint8Array
}

const NOTHING = canonicalBytes(null)

/** Entries taken off the front before the list is cut. */
const SLACK = 1024

export class TimeIndex {
  readonly #table: string
  readonly #state: StateAccess | null
  #added: Entry[] = []
  /** Entries before this one are forgotten. */
  #first = 0

  constructor(table: string, state: StateAccess | null) {
    this.#table = table
    this.#state = state
  }

  /** Keeps the bytes of the name. */
  add(time: number, name: Uint8Array): void {
    this.#added.push({ time, name })
  }

  /** Forgets the oldest entries of this settlement as long as they are past. */
  expire(isPast: (time: number) => boolean, forget: Forget): void {
    for (let e = this.#added[this.#first]; e !== undefined && isPast(e.time); e = this.#added[this.#first]) {
      this.#first++
      forget(e.time, e.name)
    }
    if (this.#first < SLACK) return
    this.#added = this.#added.slice(this.#first)
    this.#first = 0
  }

  /** Forgets everything that is past, and writes what stays. */
  settle(sink: ChangeSink, isPast: (time: number) => boolean, forget: Forget): void {
    this.expire(isPast, forget)
    for (const [row] of this.#state?.scan(this.#table) ?? []) {
      const reader = new ByteReader(row)
      const time = decodeValue(reader) as number
      if (!isPast(time)) break
      forget(time, row.subarray(reader.position))
      sink.putSorted(this.#table, row, null)
    }
    // All of these are later than those just taken out.
    const rows = this.#added.slice(this.#first).map(e => concatBytes([canonicalBytes(e.time), e.name]))
    for (const row of rows.sort(compareBytes)) sink.putSorted(this.#table, row, NOTHING)
    this.#added = []
    this.#first = 0
  }
}
