// What a node remembers by key: rows of the state, kept at hand during one settlement.
//
// Promises: reads see what the same settlement has written; changes reach the sink once, in the byte order of the keys.

import { bytesToLatin1, compareBytes } from '../../bytes.ts'
import type { ChangeSink, StateAccess } from '../environment.ts'

interface Entry {
  readonly key: Uint8Array
  /** What the committed state holds. */
  readonly stored: Uint8Array | null
  value: Uint8Array | null
}

export class KeyedState {
  readonly #table: string
  readonly #state: StateAccess | null
  readonly #entries = new Map<string, Entry>()

  constructor(table: string, state: StateAccess | null) {
    this.#table = table
    this.#state = state
  }

  get(key: Uint8Array): Uint8Array | null {
    return this.#entry(key).value
  }

  /** Null forgets the key. Keeps the bytes of the value, copies those of the key. */
  set(key: Uint8Array, value: Uint8Array | null): void {
    const entry = this.#entry(key)
    entry.value = value
    if (value === null && entry.stored === null) this.#entries.delete(bytesToLatin1(key))
  }

  /** Writes what has changed, and forgets what it kept at hand. */
  flush(sink: ChangeSink): void {
    const changed = [...this.#entries.values()].filter(e => !sameBytes(e.stored, e.value))
    this.#entries.clear()
    for (const { key, value } of changed.sort((a, b) => compareBytes(a.key, b.key))) {
      sink.putSorted(this.#table, key, value)
    }
  }

  #entry(key: Uint8Array): Entry {
    const text = bytesToLatin1(key)
    const known = this.#entries.get(text)
    if (known !== undefined) return known
    const stored = this.#state?.get(this.#table, key)?.slice() ?? null
    const entry: Entry = { key: key.slice(), stored, value: stored }
    this.#entries.set(text, entry)
    return entry
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return compareBytes(a, b) === 0
}
