// The worker threads of one run: started early, given their orders late.

import { Thread } from './thread.ts'

export class ThreadPool {
  readonly #entry: URL
  readonly #functionsUrl: string
  readonly #threads: Thread[] = []

  constructor(entry: URL, functionsUrl: string) {
    this.#entry = entry
    this.#functionsUrl = functionsUrl
  }

  /** Starts threads up to this number: a start takes longer than much of what a small run does. */
  start(count: number): void {
    while (this.#threads.length < count) this.#threads.push(new Thread(this.#entry, this.#functionsUrl))
  }

  /** So many threads, none of which has an order. */
  take(count: number): readonly Thread[] {
    this.start(count)
    return this.#threads.slice(0, count)
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.end()))
  }
}
