// What a join keeps of one key of a table's topic: its row in each partition that has one, and the times of versions
// that wait.
//
// Promises: a row of the state, read once and written once if it has changed; none where nothing is kept.
// State: the number of partitions where versions wait, and of each its number and the greatest time that waits; then
// of each partition with a row its number, offset, own time and value.

import type { ChangeSink, StateAccess } from '../../state/environment.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeBytes, decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'
import type { HeldElement } from '../ordered/held-element.ts'
import { KeptRow } from '../ordered/kept-row.ts'
import type { WaitingTimes } from './fresh-versions.ts'

interface PartitionRow {
  readonly partition: number
  readonly offset: bigint
  /** Its own time. */
  readonly time: number
  /** Canonical bytes. */
  readonly value: Uint8Array
}

const NONE: WaitingTimes = new Map()

/** The waiting times in a stored row, undefined where there is none. */
export function waitingTimes(stored: Uint8Array | undefined): WaitingTimes {
  return stored === undefined ? NONE : readWaiting(new ByteReader(stored))
}

export class KeptVersions {
  readonly #row: KeptRow
  readonly #w = new ByteWriter(256)
  #waiting: Map<number, number> = new Map()
  #rows: PartitionRow[] = []
  #changed = false

  constructor(table: string, state: StateAccess | null) {
    this.#row = new KeptRow(table, state)
  }

  open(key: Uint8Array): void {
    this.#row.open(key)
    this.#changed = false
    const { value } = this.#row
    const r = value === null ? null : new ByteReader(value)
    this.#waiting = r === null ? new Map() : readWaiting(r)
    this.#rows = r === null ? [] : readRows(r)
  }

  /** The value of the key's row now, null where there is none. */
  get newest(): Uint8Array | null {
    const rows = this.#rows
    return rows.length === 0 ? null : rows.reduce((a, b) => (isNewer(b, a) ? b : a)).value
  }

  /** A version has come that is seen later. */
  wait({ identity, time }: HeldElement): void {
    const partition = decodeBytes(identity) as number
    this.#waiting.set(partition, Math.max(time, this.#waiting.get(partition) ?? time))
    this.#changed = true
  }

  /** The next version of a partition, in offset order. */
  take({ identity, time, value, by }: HeldElement): void {
    const r = new ByteReader(identity)
    const partition = decodeValue(r) as number
    const others = this.#rows.filter(row => row.partition !== partition)
    if (decodeBytes(value) !== null) {
      const offset = decodeValue(r) as bigint
      others.push({ partition, offset, time: decodeBytes(by) as number, value: value.slice() })
      others.sort((a, b) => a.partition - b.partition)
    }
    this.#rows = others
    if ((this.#waiting.get(partition) ?? Number.POSITIVE_INFINITY) <= time) this.#waiting.delete(partition)
    this.#changed = true
  }

  close(sink: ChangeSink): void {
    if (this.#changed) this.#row.value = this.#waiting.size + this.#rows.length === 0 ? null : this.#encoded()
    this.#row.close(sink)
  }

  #encoded(): Uint8Array {
    const w = this.#w
    w.reset()
    encodeValue(w, this.#waiting.size)
    for (const [partition, time] of [...this.#waiting].sort(([a], [b]) => a - b)) {
      encodeValue(w, partition)
      encodeValue(w, time)
    }
    for (const { partition, offset, time, value } of this.#rows) {
      encodeValue(w, partition)
      encodeValue(w, offset)
      encodeValue(w, time)
      w.bytes(value)
    }
    return w.view()
  }
}

function readWaiting(r: ByteReader): Map<number, number> {
  const waiting = new Map<number, number>()
  for (let count = decodeValue(r) as number; count > 0; count--)
    waiting.set(decodeValue(r) as number, decodeValue(r) as number)
  return waiting
}

function readRows(r: ByteReader): PartitionRow[] {
  const rows: PartitionRow[] = []
  while (r.position < r.source.length) {
    const [partition, offset, time] = [decodeValue(r), decodeValue(r), decodeValue(r)] as [number, bigint, number]
    const start = r.position
    skipValue(r)
    rows.push({ partition, offset, time, value: r.source.subarray(start, r.position) })
  }
  return rows
}

/** By (time, partition); a partition has one row. */
const isNewer = (a: PartitionRow, b: PartitionRow): boolean =>
  a.time === b.time ? a.partition > b.partition : a.time > b.time
