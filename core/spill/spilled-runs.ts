// Sorted rows that are put aside until the next flush, run by run, and come back in ranges of keys: of each range the
// rows of all runs.
//
// Promises: memory holds one block and the first key of each other one. Ranges come in the order of keys and cover all
// of them; the rows of one run in a range are in order.
// Not here: what rows of equal keys mean (operators), and where blocks lie (`SpilledBlocks`).

import { LOADED_ROW } from '../kernel/kernel.ts'
import type { OwnKernel } from '../kernel/kernel-over.ts'
import { Regions } from '../kernel/regions.ts'
import type { BlockSource } from '../state/environment.ts'
import type { PackedRows } from '../state/packed-rows.ts'
import { compareBytes } from '../values/bytes.ts'
import { varintAt, varintEnd } from '../values/varint.ts'
import { type Piece, type RangeLimit, rangeEnds } from './range-ends.ts'
import type { BlocksHandle, SpilledBlocks } from './spilled-blocks.ts'

/** Wanted bytes of a block; places in it have 16 bits. */
const BLOCK_BYTES = 48 << 10
const HEAD = 6
/** What the kernel may read behind a block. */
const SLACK = 16

interface Block extends Piece {
  readonly number: number
}

/** The blocks of a run, in order. */
interface Run {
  readonly blocks: SpilledBlocks
  readonly places: readonly Block[]
}

/** Runs that another executor takes over; can be sent to another thread. */
export interface RunsHandle {
  readonly blocks: BlocksHandle
  readonly runs: readonly (readonly Block[])[]
}

/** Rows in the kernel's memory, valid until the next ones: places as `LOADED_ROW` says. */
export interface LoadedRows {
  readonly table: Uint32Array
  readonly count: number
}

export interface KeyRange {
  /** Keys of the range: from <= key < to; undefined: there is no bound. */
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
  /** To be read once, and before the next range. With `kept` the bytes of the rows stay until that gives them back. */
  readonly rows: (kept?: Regions) => Iterable<LoadedRows>
}

interface RangeOptions {
  /** The least key of those that must be in the range of a key. Default: itself. */
  readonly cut?: ((key: Uint8Array) => Uint8Array) | undefined
}

export class SpilledRuns {
  readonly #kernel: () => OwnKernel
  readonly #source: BlockSource
  #own: SpilledBlocks | null = null
  #others: SpilledBlocks[] = []
  #runs: Run[] = []

  constructor(kernel: () => OwnKernel, source: BlockSource) {
    this.#kernel = kernel
    this.#source = source
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0
  }

  /** Rows and bytes of all runs. */
  get size(): { readonly rows: number; readonly bytes: number } {
    let [rows, bytes] = [0, 0]
    for (const { places } of this.#runs) {
      for (const place of places) {
        rows += place.rows
        bytes += place.bytes
      }
    }
    return { rows, bytes }
  }

  /** Puts rows aside, and disposes of them. Throws `disk-full`. */
  add(rows: PackedRows): void {
    this.#own ??= this.#source.newBlocks()
    const blocks = this.#own
    const places: Block[] = []
    for (const { bytes, rows: count } of rows.blocks(BLOCK_BYTES)) {
      places.push({ number: blocks.count, firstKey: firstKey(bytes, count), rows: count, bytes: bytes.length })
      blocks.add(bytes)
    }
    rows.dispose()
    if (places.length > 0) this.#runs.push({ blocks, places })
  }

  /** Gives everything away; null where there is nothing. */
  handOver(): RunsHandle | null {
    const own = this.#own
    if (own === null) return null
    const runs = this.#runs.filter(run => run.blocks === own).map(run => run.places)
    this.#runs = this.#runs.filter(run => run.blocks !== own)
    this.#own = null
    return { blocks: own.handOver(), runs }
  }

  takeOver({ blocks: handle, runs }: RunsHandle): void {
    const blocks = this.#source.openBlocks(handle)
    this.#others.push(blocks)
    for (const places of runs) this.#runs.push({ blocks, places })
  }

  /** All rows, in ranges that take about what the limit says. May be called again. */
  *ranges(limit: RangeLimit, { cut }: RangeOptions = {}): Generator<KeyRange> {
    const pieces = this.#runs.flatMap(run => run.places)
    const ends = rangeEnds(cut === undefined ? pieces : pieces.map(p => ({ ...p, firstKey: cut(p.firstKey) })), limit)
    const cursors = this.#runs.map(run => new RunCursor(run))
    let from: Uint8Array | undefined
    for (const to of [...ends, undefined]) {
      yield { from, to, rows: kept => this.#rowsBefore(cursors, to, kept) }
      from = to
    }
  }

  dispose(): void {
    for (const blocks of [this.#own, ...this.#others]) blocks?.dispose()
    this.#own = null
    this.#others = []
    this.#runs = []
  }

  *#rowsBefore(cursors: readonly RunCursor[], to: Uint8Array | undefined, kept?: Regions): Generator<LoadedRows> {
    const own = this.#kernel()
    const regions = new Regions(own.memory)
    try {
      const bound = regions.take(to === undefined ? 0 : to.length + SLACK)
      if (to !== undefined) bound.set(to)
      for (const cursor of cursors)
        yield* cursor.rowsBefore({ to, at: bound.byteOffset }, own, kept ?? regions, kept !== undefined)
    } finally {
      regions.giveAllBack()
    }
  }
}

interface Bound {
  readonly to: Uint8Array | undefined
  /** Its address. */
  readonly at: number
}

/** A place in a run: what lies before it has been read. */
class RunCursor {
  readonly #run: Run
  #block = 0
  #row = 0
  /** The key of the next row, where it is not the first of its block. */
  #next: Uint8Array | null = null

  constructor(run: Run) {
    this.#run = run
  }

  *rowsBefore({ to, at }: Bound, own: OwnKernel, regions: Regions, keeps: boolean): Generator<LoadedRows> {
    const { places, blocks } = this.#run
    for (;;) {
      const place = places[this.#block]
      if (place === undefined) return
      if (to !== undefined && compareBytes(this.#next ?? place.firstKey, to) >= 0) return
      const block = regions.take(place.bytes + SLACK)
      blocks.read(place.number, block.subarray(0, place.bytes))
      const table = regions.words(LOADED_ROW.words * place.rows)
      const limit = to === undefined ? 0 : at
      const count = own.kernel.readRows(block.byteOffset, this.#row, limit, to?.length ?? 0, table.byteOffset)
      this.#row += count
      const isDone = this.#row === place.rows
      this.#next = isDone ? null : keyOf(block, place.rows, this.#row)
      if (isDone) {
        this.#block++
        this.#row = 0
      }
      if (count > 0) yield { table, count }
      regions.giveBack(table)
      if (!keeps) regions.giveBack(block)
      if (!isDone) return
    }
  }
}

const firstKey = (block: Uint8Array, rows: number): Uint8Array => keyOf(block, rows, 0)

/** A copy of a row's key. */
function keyOf(block: Uint8Array, rows: number, row: number): Uint8Array {
  const place = HEAD + 2 * row
  const at = HEAD + 2 * rows + (((block[place] as number) << 8) | (block[place + 1] as number))
  const start = varintEnd(block, at)
  return block.slice(start, start + varintAt(block, at))
}
