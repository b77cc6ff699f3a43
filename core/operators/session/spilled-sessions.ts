// Partial sessions that take too much memory: put aside as sorted runs, and brought back in ranges of keys; and what is
// written of them, which is not in the order of keys.
//
// Promises: a range has all parts of the sessions of its keys.
// Not here: when sessions are put aside (`session.ts`).

import type { OwnKernel } from '../../kernel/kernel-over.ts'
import type { PackedTable } from '../../kernel/packed-table.ts'
import { Regions } from '../../kernel/regions.ts'
import { EVERYTHING, type RangeLimit } from '../../spill/range-ends.ts'
import { RowsOfRuns } from '../../spill/rows-of-runs.ts'
import { type KeyRange, type RunsHandle, SpilledRuns } from '../../spill/spilled-runs.ts'
import type { Environment } from '../../state/environment.ts'
import { type Row, type RowReader, rowsThen } from '../../state/rows.ts'
import { type CheckSize, loadLimit, rangeLimit } from '../aggregate/group-size.ts'
import type { RowPart } from '../aggregate/row-part.ts'
import { SortedKeys } from '../aggregate/sorted-keys.ts'
import { MergedStates } from '../aggregate/spilled/merged-states.ts'
import { keyOfRow, stateKeyPart, stateValuePart } from './session-parts.ts'
import type { SessionTable } from './session-table.ts'

interface SpilledSessionsOptions {
  readonly sessions: SessionTable
  readonly env: Environment
  readonly kernel: () => OwnKernel
  readonly state: RowPart
  readonly checkSize: CheckSize
}

export class SpilledSessions {
  readonly #o: SpilledSessionsOptions
  readonly #runs: SpilledRuns

  constructor(options: SpilledSessionsOptions) {
    this.#o = options
    this.#runs = new SpilledRuns(options.kernel, options.env.blocks)
  }

  get isEmpty(): boolean {
    return this.#runs.isEmpty
  }

  /** Puts all sessions of the table aside. Throws `disk-full`. */
  spill(): void {
    if (this.#o.sessions.size > 0) this.#runs.add(this.#sorted())
    this.#o.sessions.clear()
  }

  #sorted(): PackedTable {
    const { sessions, kernel, state } = this.#o
    const keys = new SortedKeys(kernel())
    const slots = sessions.allSlots()
    keys.addAll(slots, sessions.keyBytesOf(slots), stateKeyPart(sessions), stateValuePart(sessions, state))
    keys.sort()
    const rows = keys.packed('first')
    keys.dispose()
    return rows
  }

  handOver(): RunsHandle | null {
    return this.#runs.handOver()
  }

  takeOver(runs: RunsHandle): void {
    this.#runs.takeOver(runs)
  }

  /** Brings all parts back into the table, to those that are there; false where it has no room for them. */
  bringBack(): boolean {
    const { rows, bytes } = this.#runs.size
    const limit = loadLimit(this.#o.env, this.#o.sessions.columns)
    if (this.#o.sessions.size + rows > limit.rows || bytes > limit.bytes) return false
    for (const range of this.#runs.ranges(EVERYTHING)) this.#load(range)
    this.#runs.dispose()
    return true
  }

  /** Brings range by range into the table, which must be empty: what is read of a range is read before the next. */
  *ranges(): Generator<void> {
    const { sessions } = this.#o
    for (const range of this.#runs.ranges(this.#limit, { cut: keyOfRow })) {
      this.#load(range)
      yield
      sessions.clear()
    }
  }

  /**
   * All parts, those in the table too, by key and first time; the bytes of each are valid until the next one is read.
   * Forgets them.
   */
  take(): RowReader<Row> {
    const { kernel, sessions } = this.#o
    if (this.isEmpty) {
      const sorted = this.#sorted()
      sessions.clear()
      return rowsThen(sorted.rows(), () => sorted.dispose())
    }
    this.spill()
    const release = (): void => this.#runs.dispose()
    const rows = new RowsOfRuns({ runs: this.#runs, kernel, limit: this.#limit, release })
    return rowsThen(rows.rows(), () => rows.dispose())
  }

  dispose(): void {
    this.#runs.dispose()
  }

  get #limit(): RangeLimit {
    return rangeLimit(this.#o.env, this.#o.sessions.columns)
  }

  #load({ rows }: KeyRange): void {
    const { sessions, checkSize } = this.#o
    const own = sessions.kernel
    const regions = new Regions(own.memory)
    const states = new MergedStates({ columns: sessions.columns, own, checkSize, capacity: () => sessions.capacity })
    try {
      for (const some of rows()) {
        const slots = regions.words(some.count)
        sessions.load(some, slots, (from, to) => states.add(some.table, from, to, slots))
        regions.giveBack(slots)
      }
    } finally {
      states.dispose()
      regions.giveAllBack()
    }
  }
}
