// Rows of one table that come in several parts, each in order, and are written at once when all have come.

import type { OwnKernel } from '../kernel/kernel-over.ts'
import type { BlockSource } from '../state/environment.ts'
import type { PackedRows } from '../state/packed-rows.ts'
import type { RangeLimit } from './range-ends.ts'
import { RowsOfRuns } from './rows-of-runs.ts'
import { SpilledRuns } from './spilled-runs.ts'

interface PartsOptions {
  readonly kernel: () => OwnKernel
  readonly blocks: BlockSource
  /** Of the rows that are sorted at once. */
  readonly limit: RangeLimit
}

export class RowsInParts {
  readonly #runs: SpilledRuns
  readonly #o: PartsOptions
  #readers = 0

  constructor(options: PartsOptions) {
    this.#o = options
    this.#runs = new SpilledRuns(options.kernel, options.blocks)
  }

  get isEmpty(): boolean {
    return this.#runs.isEmpty
  }

  /** Disposes of them. */
  add(rows: PackedRows): void {
    this.#runs.add(rows)
  }

  /** All rows in order; may be asked for several times before any of them are disposed of. */
  sorted(): PackedRows {
    this.#readers++
    const release = (): void => {
      if (--this.#readers === 0) this.#runs.dispose()
    }
    return new RowsOfRuns({ runs: this.#runs, kernel: this.#o.kernel, limit: this.#o.limit, release })
  }
}
