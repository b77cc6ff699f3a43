// The commits of a state as requests read them.
//
// Promises: everything that one use reads is of one commit, the last one when it begins. Uses that come while another
// is under way share the next opening of the state; it is closed before the next one, so that the file of the state
// does not grow. A state that is missing, damaged or being replaced is a typed failure of the uses of that time.

import { thenClose } from '../core/close-all.ts'
import { checkZones } from '../run/state/open-state.ts'
import { type CommittedState, readCommitted } from '../run/state/read-state.ts'
import { openStateReader, type StateReader } from '../store/index.ts'

export interface Snapshot extends CommittedState {
  readonly reader: StateReader
}

interface Use {
  act(snapshot: Snapshot): void
  fail(error: unknown): void
}

export class Snapshots {
  readonly #directory: string
  #waiting: Use[] = []
  #reading: Promise<void> | null = null

  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * Reads the last commit: nothing of it is valid afterwards. Throws `state-missing`, `state-corrupt`, `state-too-new`,
   * `state-incompatible`.
   */
  with<T>(use: (snapshot: Snapshot) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const act = (snapshot: Snapshot): void => {
        try {
          resolve(use(snapshot))
        } catch (error) {
          reject(error)
        }
      }
      this.#waiting.push({ act, fail: reject })
      this.#reading ??= this.#read()
    })
  }

  /** Resolves once nothing is read any more. */
  async close(): Promise<void> {
    await this.#reading
  }

  async #read(): Promise<void> {
    for (let uses = this.#take(); uses.length > 0; uses = this.#take()) {
      try {
        await this.#once(uses)
      } catch (error) {
        for (const { fail } of uses) fail(error)
      }
    }
    this.#reading = null
  }

  #take(): readonly Use[] {
    const uses = this.#waiting
    this.#waiting = []
    return uses
  }

  async #once(uses: readonly Use[]): Promise<void> {
    const reader = openStateReader(this.#directory)
    await thenClose(
      async () => {
        const committed = readCommitted(reader, this.#directory)
        const { job, plan } = committed
        // The ends of calendar windows are computed when rows are read.
        if (job !== null) checkZones(job, plan, 'lyrebird run JOB --log LOG --state STATE --upgrade')
        for (const { act } of uses) act({ ...committed, reader })
      },
      () => reader.close(),
    )
  }
}
