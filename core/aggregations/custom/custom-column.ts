// An author's aggregation: states of plain data, combined by the author's `plus`.
//
// Promises: `plus` and `present` get normalised data that they cannot change: frozen, and copied each time where it
// holds bytes, which cannot be frozen. The author promises that order and grouping do not matter and that `zero`
// changes nothing, so it is never added here.
// Not here: what a throw leads to (`custom-aggregator.ts`).
// State: the canonical bytes of the author's state.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue, encodeValue, normalise } from '../../values/canonical.ts'
import type { Column } from '../columns/column.ts'
import { HeldBytes, valueBytes } from '../columns/held-bytes.ts'

/** The author's functions; both return normalised data. */
export interface CustomAggregator {
  /** Ends the run where the author's code fails. May return one of the states that it is given. */
  readonly plus: (a: unknown, b: unknown) => unknown
  /** Throws where the author's code fails. */
  readonly present: (state: unknown) => unknown
}

const EMPTY: unique symbol = Symbol('empty')

export class CustomColumn implements Column {
  readonly held = new HeldBytes()
  readonly #own: CustomAggregator
  readonly #states: unknown[] = []
  /** Whether any state has held bytes. */
  #hasBytes = false

  constructor(own: CustomAggregator) {
    this.#own = own
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#states.length < capacity) this.#states.push(EMPTY)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#states[slot] = EMPTY
  }

  /** Adds what `lift` gave, normalised. */
  add(slot: number, state: unknown): void {
    if (freeze(state)) this.#hasBytes = true
    const before = this.#states[slot]
    const sum = before === EMPTY ? state : this.#plus(before, state)
    if (sum === before) return
    this.held.set(slot, valueBytes(sum))
    this.#states[slot] = sum
  }

  write(slot: number, w: ByteWriter): void {
    encodeValue(w, this.#states[slot])
  }

  merge(slot: number, r: ByteReader): void {
    this.add(slot, decodeValue(r))
  }

  present(slot: number): unknown {
    return this.#own.present(this.#shown(this.#states[slot]))
  }

  /** One of the two where it is their sum, which is frozen already. */
  #plus(a: unknown, b: unknown): unknown {
    const sum = this.#own.plus(this.#shown(a), this.#shown(b))
    if (sum === a || sum === b) return sum
    // What was only shown is not the author's to keep.
    const kept = this.#hasBytes ? normalise(sum) : sum
    if (freeze(kept)) this.#hasBytes = true
    return kept
  }

  #shown(state: unknown): unknown {
    if (!this.#hasBytes) return state
    const copy = normalise(state)
    freeze(copy)
    return copy
  }
}

/** Freezes plain data all the way down; true where it holds bytes, which stay as they are. */
function freeze(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Uint8Array) return true
  let bytes = false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (typeof value[i] === 'object' && freeze(value[i])) bytes = true
  } else {
    for (const name in value) if (freeze((value as Record<string, unknown>)[name])) bytes = true
  }
  Object.freeze(value)
  return bytes
}
