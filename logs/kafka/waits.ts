// Who waits for the cluster now: several reads wait at once, and one report is enough.
//
// Promises: `onAway` hears of an outage once it has lasted for `QUIET_OUTAGE_MS`, also where a broker hangs and no try
// has failed yet; then at each failure, and once of its end. A timer for it keeps no process alive.

import type { LogAway } from '../patience.ts'
import { QUIET_OUTAGE_MS } from './limits.ts'

export class Waits {
  readonly #name: string
  readonly #onAway: ((away: LogAway | null) => void) | undefined
  readonly #waiting = new Set<object>()
  #timer: NodeJS.Timeout | undefined
  #why = ''
  #since = 0
  #told = false

  /** `name`: the log, for people. */
  constructor(name: string, onAway: ((away: LogAway | null) => void) | undefined) {
    this.#name = name
    this.#onAway = onAway
  }

  /** One who waits has failed again. */
  failed(who: object, why: string): void {
    this.#wait(who, why, performance.now())
    if (this.#told || performance.now() - this.#since >= QUIET_OUTAGE_MS) this.#tell()
  }

  /** Waits for the answer to a call; who asks counts as one who waits where there is none for a while. */
  async answerTo<Answer>(call: Promise<Answer>, why: string): Promise<Answer> {
    const began = performance.now()
    const timer = setTimeout(() => {
      this.#wait(call, why, began)
      this.#tell()
    }, QUIET_OUTAGE_MS).unref()
    try {
      const answer = await call
      if (this.#waiting.has(call)) this.answered(call)
      return answer
    } finally {
      clearTimeout(timer)
      // Who asked may try again, and then waits on.
      this.gaveUp(call)
    }
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
    if (this.#waiting.size === 0) clearTimeout(this.#timer)
  }

  #wait(who: object, why: string, since: number): void {
    if (this.#waiting.size === 0 && !this.#told) {
      this.#since = since
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#tell(), QUIET_OUTAGE_MS).unref()
    }
    this.#waiting.add(who)
    this.#why = why
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#told = true
    const forMs = Math.max(QUIET_OUTAGE_MS, performance.now() - this.#since)
    this.#onAway?.({ message: `${this.#name}: ${this.#why}`, forMs })
  }
}
