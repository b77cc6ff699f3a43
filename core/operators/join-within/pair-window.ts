// All pairs of the halves of one key, in one walk in the order of time.
//
// Promises: every pair within the bounds that has a fresh half is given exactly once; only the halves that may still
// meet a partner are held, so that narrow bounds cost little however many halves a key has.

import type { CheckSize } from '../aggregate/group-size.ts'
import type { Half } from './half.ts'

/** About what a half takes in memory beside its bytes. */
const HALF_BYTES = 400

interface PairWindowOptions {
  readonly beforeMs: number
  readonly afterMs: number
  /** A new pair. Both halves count as matched. */
  readonly pair: (left: Half, right: Half) => void
  /** No half further on in the walk can be a partner of this one. */
  readonly leave: (half: Half) => void
  /** Called with about the bytes that are held, whenever they have grown. */
  readonly checkSize: CheckSize
}

export class PairWindow {
  readonly #o: PairWindowOptions
  /** By side, stored halves and fresh ones apart: two stored halves have met in an earlier flush. */
  readonly #stored: readonly [Queue, Queue]
  readonly #fresh: readonly [Queue, Queue]
  readonly #leave = (half: Half): void => {
    this.#bytes -= bytesOf(half)
    this.#o.leave(half)
  }
  #bytes = 0

  constructor(options: PairWindowOptions) {
    this.#o = options
    this.#stored = [new Queue(), new Queue()]
    this.#fresh = [new Queue(), new Queue()]
  }

  /** Takes the next half; times never go back. */
  add(half: Half): void {
    const { side, time, fresh } = half
    this.#leaveBefore(time)
    const other = side === 0 ? 1 : 0
    this.#pairWith(half, this.#fresh[other])
    if (fresh) this.#pairWith(half, this.#stored[other])
    ;(fresh ? this.#fresh : this.#stored)[side].push(half)
    this.#bytes += bytesOf(half)
    this.#o.checkSize(this.#bytes, () => half.rowKey)
  }

  /** Ends the walk of one key. */
  end(): void {
    this.#leaveBefore(Number.POSITIVE_INFINITY)
  }

  /** Every half that is in the window at this half's time is its partner. */
  #pairWith(half: Half, partners: Queue): void {
    for (let i = 0; i < partners.length; i++) {
      const partner = partners.at(i)
      half.matched = true
      partner.matched = true
      if (half.side === 0) this.#o.pair(half, partner)
      else this.#o.pair(partner, half)
    }
  }

  /** Removes the halves whose partners would all be before this time. */
  #leaveBefore(time: number): void {
    const { beforeMs, afterMs } = this.#o
    const leave = this.#leave
    for (const queues of [this.#stored, this.#fresh]) {
      queues[0].leaveBefore(time, afterMs, leave)
      queues[1].leaveBefore(time, beforeMs, leave)
    }
  }
}

const bytesOf = ({ rowKey, value }: Half): number => HALF_BYTES + rowKey.length + value.length

/** Halves in the order of time, which is the order in which they leave. */
class Queue {
  #halves: Half[] = []
  #first = 0

  push(half: Half): void {
    this.#halves.push(half)
  }

  get length(): number {
    return this.#halves.length - this.#first
  }

  at(index: number): Half {
    return this.#halves[this.#first + index] as Half
  }

  leaveBefore(time: number, reach: number, leave: (half: Half) => void): void {
    for (; this.#first < this.#halves.length; this.#first++) {
      const half = this.#halves[this.#first] as Half
      if (half.time + reach >= time && time !== Number.POSITIVE_INFINITY) break
      leave(half)
    }
    if (this.#first < 1000 || 2 * this.#first < this.#halves.length) return
    this.#halves = this.#halves.slice(this.#first)
    this.#first = 0
  }
}
