// Tells of transactions that hold an idle stream back, once for each.
//
// Promises: the stream does not wait for the answer.

import { now } from '../run/clock.ts'
import type { JobRun } from '../run/job-run.ts'
import type { Tell } from '../run/notices/notice.ts'
import { heldBackNotice, heldBackNow, OLD_MS } from '../run/reading/held-back.ts'
import { TRANSACTION_LOOK_MS } from './limits.ts'

export class TransactionNotices {
  readonly #run: Pick<JobRun, 'log' | 'plan'>
  readonly #tell: Tell | undefined
  readonly #told = new Set<string>()
  #lookAt = now() + TRANSACTION_LOOK_MS

  constructor(run: Pick<JobRun, 'log' | 'plan'>, tell: Tell | undefined) {
    this.#run = run
    this.#tell = tell
  }

  /** Asks the log where it has not been asked for a while. */
  look(): void {
    if (this.#tell === undefined || this.#run.log.heldBack === undefined || now() < this.#lookAt) return
    this.#lookAt = Number.POSITIVE_INFINITY
    void this.#ask(this.#tell).finally(() => {
      this.#lookAt = now() + TRANSACTION_LOOK_MS
    })
  }

  async #ask(tell: Tell): Promise<void> {
    const held = await heldBackNow(this.#run.log, this.#run.plan, OLD_MS)
    for (const one of held) {
      const place = `${one.topic}/${one.partition}:${one.from}`
      if (this.#told.has(place)) continue
      this.#told.add(place)
      tell(heldBackNotice(one))
    }
  }
}
