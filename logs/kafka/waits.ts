// Who waits for the cluster now: several reads wait at once, and one report is enough.
//
// Promises: `onAway` hears of an outage that lasts, at each try, and once of its end.

import type { LogAway } from '../patience.ts'
import { QUIET_OUTAGE_MS } from './limits.ts'

export class Waits {
  readonly #name: string
  readonly #onAway: ((away: LogAway | null) => void) | undefined
  readonly #waiting = new Set<object>()
  #since = 0
  #told = false

  /** `name`: the log, for people. */
  constructor(name: string, onAway: ((away: LogAway | null) => void) | undefined) {
    this.#name = name
    this.#onAway = onAway
  }

  /** One who waits has failed again. */
  failed(who: object, why: string): void {
    if (this.#waiting.size === 0) this.#since = performance.now()
    this.#waiting.add(who)
    const forMs = performance.now() - this.#since
    if (forMs < QUIET_OUTAGE_MS) return
    this.#told = true
    this.#onAway?.({ message: `${this.#name}: ${why}`, forMs })
  }

  /** One who has waited got an answer. */
  answered(who: object): void {
    this.gaveUp(who)
    if (this.#waiting.size > 0 || !this.#told) return
    this.#told = false
    this.#onAway?.(null)
  }

  /** One who has waited does so no more. */
  gaveUp(who: object): void {
    this.#waiting.delete(who)
  }
}
