// What a node keeps for one key: a row of the state, held while the elements of that key are processed.
//
// Promises: the row is read once, and written once if it has changed.

import type { ChangeSink, StateAccess } from '../../state/environment.ts'
import { compareBytes } from '../../values/bytes.ts'

export class KeptRow {
  readonly #table: string
  readonly #state: StateAccess | null
  #key: Uint8Array = new Uint8Array(0)
  #stored: Uint8Array | null = null
  /** Null where there is no row. */
  value: Uint8Array | null = null

  constructor(table: string, state: StateAccess | null) {
    this.#table = table
    this.#state = state
  }

  get key(): Uint8Array {
    return this.#key
  }

  /** The row in the committed state. */
  get stored(): Uint8Array | null {
    return this.#stored
  }

  /** Keeps the key without copying it. */
  open(key: Uint8Array): void {
    this.#key = key
    this.#stored = this.#state?.get(this.#table, key)?.slice() ?? null
    this.value = this.#stored
  }

  close(sink: ChangeSink): void {
    if (!sameBytes(this.#stored, this.value)) sink.putSorted(this.#table, this.#key, this.value)
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return compareBytes(a, b) === 0
}
