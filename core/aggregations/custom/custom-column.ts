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
  /** Ends the run where the author's code fails. */
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
    const sum = before === EMPTY ? state : this.#own.plus(this.#shown(before), this.#shown(state))
    if (before !== EMPTY && freeze(sum)) this.#hasBytes = true
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
  Object.freeze(value)
  for (const part of Object.values(value)) if (freeze(part)) bytes = true
  return bytes
}
