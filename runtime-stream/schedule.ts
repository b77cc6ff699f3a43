// When a live stream commits.
//
// Promises: at the interval where commits are cheap; where they take long, so rarely that they take a fifth of the
// time, but never more than a minute apart for that: a single one that the disk has held up changes nothing; and
// whenever so much has been fed that memory would grow. When it commits never changes a result.

import { now } from '../run/clock.ts'
import {
  CHEAP_MS,
  COMMIT_BYTES,
  COMMIT_RECORDS,
  COMMITS_COMPARED,
  LONGEST_PAUSE_MS,
  WORK_PER_COMMIT,
} from './limits.ts'

/** What has been fed since the last commit. */
interface Pending {
  readonly bytes: number
  readonly records: number
  /** Whether what is kept in memory takes more than it may. */
  readonly full: boolean
}

export class Schedule {
  readonly #intervalMs: number
  #dueAt: number
  /** How long the last commits took, in ms. */
  #took: readonly number[] = []

  constructor(intervalMs: number, firstMs = intervalMs) {
    this.#intervalMs = intervalMs
    this.#dueAt = now() + Math.min(firstMs, intervalMs)
  }

  isDue({ bytes, records, full }: Pending): boolean {
    if (full || bytes >= COMMIT_BYTES || records >= COMMIT_RECORDS) return true
    return now() >= this.#dueAt
  }

  /** Time until the next commit is due, in ms. */
  get waitMs(): number {
    return Math.max(0, this.#dueAt - now())
  }

  /** Runs a commit and sets when the next one is due. */
  async commit(act: () => Promise<void>): Promise<void> {
    const start = now()
    await act()
    const end = now()
    this.#took = [...this.#took, end - start].slice(-COMMITS_COMPARED)
    const took = Math.min(...this.#took)
    const pause = took <= CHEAP_MS ? 0 : Math.min(WORK_PER_COMMIT * took, LONGEST_PAUSE_MS)
    this.#dueAt = end + Math.max(this.#intervalMs, pause)
  }
}
