// State, sorter and sink of an executor in memory: for tests of the executor without a store.
//
// Promises: committed rows change only by `commit`; `putSorted` checks that keys ascend.

import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { PROGRESS } from '../../core/executor/progress.ts'
import { newKernel } from '../../core/kernel/kernel-over.ts'
import type { SpilledBlocks } from '../../core/spill/spilled-blocks.ts'
import type { BlockSource, ChangeSink, Environment, RowSorter, StateAccess } from '../../core/state/environment.ts'
import type { PackedRows } from '../../core/state/packed-rows.ts'
import { decodeHeld, type OutputElement } from '../../core/state/row-codec.ts'
import type { Row } from '../../core/state/rows.ts'
import { bytesToLatin1, compareBytes } from '../../core/values/bytes.ts'
import { kernelModule } from '../../host/kernel-module.ts'
import { DOCUMENT, encodeJson, STATE_FORMAT } from '../../run/state/documents.ts'

export class MemoryState implements StateAccess {
  readonly #documents = new Map<string, Uint8Array>()
  readonly #tables = new Map<string, Map<string, Row>>()
  /** Released elements by output node, in the order of release. */
  readonly released = new Map<string, OutputElement[]>()
  /** Whether all its views are stored by window, as in states of before format 3. */
  readonly byWindow: boolean

  constructor({ byWindow = false }: { readonly byWindow?: boolean } = {}) {
    this.byWindow = byWindow
  }

  document(name: string): Uint8Array | undefined {
    return this.#documents.get(name)
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.#tables.get(table)?.get(bytesToLatin1(key))?.[1]
  }

  range(table: string, from?: Uint8Array, to?: Uint8Array): Row[] {
    return [...(this.#tables.get(table)?.values() ?? [])]
      .filter(([key]) => from === undefined || compareBytes(key, from) >= 0)
      .filter(([key]) => to === undefined || compareBytes(key, to) < 0)
      .sort((a, b) => compareBytes(a[0], b[0]))
  }

  /** Names of tables that hold rows. */
  tables(): string[] {
    return [...this.#tables].flatMap(([name, rows]) => (rows.size > 0 ? [name] : [])).sort()
  }

  /** Flushes an executor and applies its changes and its progress. Returns how many rows have changed. */
  commit(executor: JobExecutor, final = false): number {
    const changed = this.flush(sink => executor.flush(sink, final))
    this.#documents.set(PROGRESS, executor.progress.encode())
    this.#documents.set(DOCUMENT.job, encodeJson({ format: this.byWindow ? 2 : STATE_FORMAT }))
    return changed
  }

  /** Applies the changes that a flush gives to its sink. */
  flush(act: (sink: ChangeSink) => void): number {
    const sink = new MemorySink()
    act(sink)
    for (const [table, key, value] of sink.changes) {
      const rows = this.#tables.get(table) ?? new Map<string, Row>()
      this.#tables.set(table, rows)
      if (value === null) rows.delete(bytesToLatin1(key))
      else rows.set(bytesToLatin1(key), [key, value])
    }
    for (const [output, element] of sink.released) {
      this.released.set(output, [...(this.released.get(output) ?? []), element])
    }
    return sink.changes.length
  }
}

class MemorySink implements ChangeSink {
  readonly changes: [table: string, key: Uint8Array, value: Uint8Array | null][] = []
  readonly released: [output: string, element: OutputElement][] = []
  readonly #last = new Map<string, Uint8Array>()

  putSorted(table: string, key: Uint8Array, value: Uint8Array | null): void {
    const last = this.#last.get(table)
    if (last !== undefined && compareBytes(last, key) >= 0) throw new Error(`rows of ${table} are not in order`)
    this.#last.set(table, key.slice())
    this.changes.push([table, key.slice(), value === null ? null : value.slice()])
  }

  putSortedPart(
    table: string,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.putSorted(table, bytes.subarray(keyStart, keyEnd), bytes.subarray(valueStart, valueEnd))
  }

  putSortedRows(table: string, rows: PackedRows): void {
    rows.each((...part) => this.putSortedPart(table, ...part))
    rows.dispose()
  }

  release(output: string, _partition: number, key: Uint8Array, value: Uint8Array): void {
    this.released.push([output, decodeHeld(key.slice(), value.slice())])
  }
}

export function memorySorter(): RowSorter {
  const rows: Row[] = []
  return {
    add: (key, value) => void rows.push([key.slice(), value.slice()]),
    sorted: () => [...rows].sort((a, b) => compareBytes(a[0], b[0])),
    get rows() {
      return rows.length
    },
    dispose: () => void rows.splice(0),
  }
}

/** Blocks in memory. */
export function memoryBlocks(taken: Uint8Array[] = []): SpilledBlocks {
  let blocks = taken
  return {
    get count() {
      return blocks.length
    },
    add: block => void blocks.push(block.slice()),
    read: (number, into) => into.set(blocks[number] as Uint8Array),
    handOver() {
      const handle = { file: null, blocks }
      blocks = []
      return handle
    },
    dispose() {
      blocks = []
    },
  }
}

export const memoryBlockSource: BlockSource = {
  newBlocks: () => memoryBlocks(),
  openBlocks: handle => memoryBlocks([...handle.blocks] as Uint8Array[]),
}

export function memoryEnvironment(state: StateAccess | null, groupLimit = 1_000_000): Environment {
  return {
    state,
    newKernel: () => newKernel(kernelModule()),
    newSorter: memorySorter,
    blocks: memoryBlockSource,
    siteOf: () => undefined,
    groupLimit,
    viewsByWindow: state instanceof MemoryState && state.byWindow,
  }
}
