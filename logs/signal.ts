// Wakes waiting readers of a log: a wait ends when something has changed since the log was last read.
//
// Promises: no lost wake-up: a `notify` between `seen` and `wait` ends that wait at once.

export class Signal {
  #version = 0
  #seenVersion = 0
  readonly #waiting = new Set<() => void>()

  notify(): void {
    this.#version++
    for (const wake of this.#waiting) wake()
  }

  /** Call before the log is read; only later changes count. */
  seen(): void {
    this.#seenVersion = this.#version
  }

  /** Resolves at a `notify`, after timeoutMs at the latest, or at once where the abort signal is set. */
  async wait(timeoutMs: number, abort?: AbortSignal): Promise<void> {
    if (this.#version !== this.#seenVersion || abort?.aborted === true || timeoutMs <= 0) {
      this.seen()
      return
    }
    await new Promise<void>(resolve => {
      const wake = (): void => {
        clearTimeout(timer)
        abort?.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, timeoutMs)
      abort?.addEventListener('abort', wake)
      this.#waiting.add(wake)
    })
    this.seen()
  }
}
