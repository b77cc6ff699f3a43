// Reports changes of a log directory: watches the folders that the log has read, and polls them too.
//
// Promises: a publish or a new file wakes a waiting reader soon where the system's watches work, and within the poll
// interval where they do not (network file systems, no watches left).
// Not here: what has changed (the log reads it).

import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PUBLISHED_FILE } from './embedded/published.ts'
import { DIRECTORY_POLL_MS } from './limits.ts'
import { Signal } from './signal.ts'

export class DirectoryWatch {
  readonly #signal = new Signal()
  /** Null for a folder that cannot be watched and is only polled. */
  readonly #watchers = new Map<string, FSWatcher | null>()
  #print = ''

  /** Call before the log reads these folders: only later changes wake a waiting reader. */
  seen(paths: Iterable<string>): void {
    for (const path of paths) if (!this.#watchers.has(path)) this.#watchers.set(path, this.#watch(path))
    this.#signal.seen()
  }

  async wait(timeoutMs: number, abort?: AbortSignal): Promise<void> {
    if (this.#print === '') this.#print = await this.#fingerprint()
    const poll = setInterval(() => void this.#poll(), DIRECTORY_POLL_MS)
    try {
      await this.#signal.wait(timeoutMs, abort)
    } finally {
      clearInterval(poll)
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher?.close()
    this.#watchers.clear()
    this.#signal.notify()
  }

  #watch(path: string): FSWatcher | null {
    try {
      const watcher = watch(path, { persistent: false }, () => this.#signal.notify())
      watcher.on('error', () => {
        watcher.close()
        this.#watchers.set(path, null)
      })
      return watcher
    } catch {
      return null
    }
  }

  async #poll(): Promise<void> {
    const print = await this.#fingerprint()
    if (print === this.#print) return
    this.#print = print
    this.#signal.notify()
  }

  /** Times and sizes of everything that changes when records appear. */
  async #fingerprint(): Promise<string> {
    const parts: string[] = []
    for (const path of this.#watchers.keys()) {
      for (const one of [path, join(path, PUBLISHED_FILE)]) {
        const stats = await stat(one, { bigint: true }).catch(() => null)
        parts.push(stats === null ? '-' : `${stats.mtimeNs}:${stats.size}:${stats.ino}`)
      }
    }
    return parts.join(' ')
  }
}
