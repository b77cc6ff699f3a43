// Tables of one commit of a state, copied into a temporary file: they can be read for as long as one likes, while the
// state goes on.
//
// Promises: block by block as they lie in the state, each checked where it is copied and where it is read again; the
// smaller tables first, and none begun or finished after the time that it may take. The file has no name once it is
// open, so that nothing is left behind.
// Not here: which tables, and the snapshot that is held meanwhile (reader.ts).

import type { Rows } from '../../core/state/rows.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { SPILL_BUFFER_BYTES } from '../limits.ts'
import { isWhole } from '../runs/block.ts'
import { mergedRows } from '../runs/run-merge.ts'
import { type BlockSource, keyHash, SortedRun, type SortedRunInfo } from '../runs/sorted-run.ts'
import { SpillFile } from '../spill/spill-file.ts'
import type { StateView } from '../state-view.ts'
import type { StateReader } from '../store.ts'

export interface CopyOptions {
  /** Tables to copy. */
  readonly tables: readonly string[]
  /** Where the temporary file is made. */
  readonly directory: string
  /** Tables that are not copied after so many ms are left out. */
  readonly withinMs: number
}

export interface StateCopy extends StateReader {
  /** Tables for which there was no time. */
  readonly left: readonly string[]
}

/** Throws `state-corrupt`, `disk-full`, `disk-failed`. */
export function copyState(view: StateView, blocks: BlockSource, options: CopyOptions): StateCopy {
  const until = performance.now() + options.withinMs
  try {
    const file = new SpillFile(options.directory)
    try {
      return new Copier(view, blocks, file).copy(options.tables, until)
    } catch (error) {
      file.close()
      throw error
    }
  } catch (error) {
    throw systemFailure(error, options.directory)
  }
}

/** Blocks between two looks at the clock. */
const BLOCKS_A_LOOK = 256

class Copier {
  readonly #view: StateView
  readonly #blocks: BlockSource
  readonly #file: SpillFile
  readonly #buffer = new Uint8Array(SPILL_BUFFER_BYTES)
  #used = 0

  constructor(view: StateView, blocks: BlockSource, file: SpillFile) {
    this.#view = view
    this.#blocks = blocks
    this.#file = file
  }

  copy(tables: readonly string[], until: number): CopiedState {
    const places: Places = new Map()
    const copied = new Map<string, readonly SortedRunInfo[]>()
    const left: string[] = []
    const runsOf = (table: string) => this.#view.runsOf(table).map(({ info }) => info)
    const bytes = (table: string): number => runsOf(table).reduce((sum, run) => sum + run.bytes, 0)
    for (const table of [...tables].sort((a, b) => bytes(a) - bytes(b))) {
      const runs = runsOf(table)
      const all = runs.map(run => [run.id, this.#run(run, until)] as const)
      if (all.some(([, starts]) => starts === null)) left.push(table)
      else {
        for (const [id, starts] of all) places.set(id, starts as Float64Array)
        copied.set(table, runs)
      }
    }
    this.#flush()
    const documents = new Map<string, Uint8Array>()
    for (const name of this.#view.root.documents.keys()) {
      documents.set(name, this.#view.document(name) as Uint8Array)
    }
    return new CopiedState(this.#file, documents, copied, places, left)
  }

  /** Where the blocks of a run begin, and where the last one ends; null where the time is over. */
  #run({ id, blocks }: SortedRunInfo, until: number): Float64Array | null {
    const starts = new Float64Array(blocks + 1)
    for (let ordinal = 0; ordinal < blocks; ordinal++) {
      if (ordinal % BLOCKS_A_LOOK === 0 && performance.now() > until) return null
      starts[ordinal] = this.#length
      this.#append(this.#blocks(id, ordinal))
    }
    starts[blocks] = this.#length
    return starts
  }

  get #length(): number {
    return this.#file.length + this.#used
  }

  #append(block: Uint8Array): void {
    if (this.#used + block.length > this.#buffer.length) this.#flush()
    if (block.length > this.#buffer.length) return this.#file.append(block)
    this.#buffer.set(block, this.#used)
    this.#used += block.length
  }

  #flush(): void {
    this.#file.append(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }
}

/** By run: where its blocks begin in the file, and where the last one ends. */
type Places = Map<number, Float64Array>

class CopiedState implements StateCopy {
  readonly left: readonly string[]
  readonly #file: SpillFile
  readonly #documents: ReadonlyMap<string, Uint8Array>
  readonly #tables: ReadonlyMap<string, readonly SortedRun[]>
  readonly #places: Places
  #buffer = new Uint8Array(8192)
  #open = true

  constructor(
    file: SpillFile,
    documents: ReadonlyMap<string, Uint8Array>,
    tables: ReadonlyMap<string, readonly SortedRunInfo[]>,
    places: Places,
    left: readonly string[],
  ) {
    this.#file = file
    this.#documents = documents
    this.#places = places
    this.left = left
    const runs = (infos: readonly SortedRunInfo[]) => infos.map(info => new SortedRun(info, this.#block.bind(this)))
    this.#tables = new Map([...tables].map(([name, infos]) => [name, runs(infos)]))
  }

  document(name: string): Uint8Array | undefined {
    return this.#documents.get(name)
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    const hash = keyHash(key)
    for (const run of this.#tables.get(table) ?? []) {
      const found = run.find(key, hash)
      if (found !== undefined) return found ?? undefined
    }
    return undefined
  }

  range(table: string, from?: Uint8Array, to?: Uint8Array): Rows {
    return mergedRows(this.#tables.get(table) ?? [], from, to)
  }

  tables(): readonly string[] {
    return [...this.#tables.keys()].filter(name => !mergedRows(this.#tables.get(name) ?? []).next().done).sort()
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#file.close()
  }

  #block(run: number, ordinal: number): Uint8Array {
    const starts = this.#places.get(run) as Float64Array
    const [from, to] = [starts[ordinal] as number, starts[ordinal + 1] as number]
    if (this.#buffer.length < to - from) this.#buffer = new Uint8Array(2 * (to - from))
    const block = this.#buffer.subarray(0, to - from)
    this.#file.read(block, from)
    if (!isWhole(block, run, ordinal)) throw this.#file.failure()
    return block
  }
}
