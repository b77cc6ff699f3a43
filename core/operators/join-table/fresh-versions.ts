// The versions of a table's topic that have come since the last flush, on their way into a join.
//
// Promises: they are given back key by key, and partition by partition in offset order, each with its time in the join:
// the greatest of the time it came with, those of its key's earlier ones here, and those that wait in the state. Ones
// that do not wait any more lie before the watermark, and so before every time that a version can come with.

import type { Position } from '../../aggregations/columns/column.ts'
import type { RowSorter } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import type { Rows } from '../../state/rows.ts'
import { ByteReader, ByteWriter, compareBytes } from '../../values/bytes.ts'
import { decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'
import type { HeldElement } from '../ordered/held-element.ts'

/** Times of the versions of a key that wait, by partition. */
export type WaitingTimes = ReadonlyMap<number, number>

export class FreshVersions {
  readonly #rank: number
  readonly #positionOf: (record: number) => Position
  readonly #rows: PendingRows
  readonly #key = new ByteWriter(128)
  readonly #value = new ByteWriter(512)

  constructor(rank: number, newSorter: () => RowSorter, positionOf: (record: number) => Position) {
    this.#rank = rank
    this.#positionOf = positionOf
    this.#rows = new PendingRows(newSorter)
  }

  /** Key and value in canonical bytes; `own` is the version's own time, `asOf` that from which joins may see it. */
  add(key: Uint8Array, value: Uint8Array, asOf: number, own: number, record: number): void {
    const { partition, offset } = this.#positionOf(record)
    const [k, v] = [this.#key, this.#value]
    k.reset()
    k.bytes(key)
    encodeValue(k, partition)
    encodeValue(k, offset)
    v.reset()
    encodeValue(v, asOf)
    encodeValue(v, own)
    v.bytes(value)
    this.#rows.add(k.view(), v.view())
  }

  addRow(key: Uint8Array, value: Uint8Array): void {
    this.#rows.add(key, value)
  }

  takeRows(): Rows {
    return this.#rows.take()
  }

  /** All versions as elements to hold, valid until the next one. */
  *take(waitingTimesOf: (key: Uint8Array) => WaitingTimes): Generator<HeldElement> {
    let open: Uint8Array | null = null
    let waiting: WaitingTimes = new Map()
    let partition = -1
    let time = Number.NEGATIVE_INFINITY
    for (const [row, value] of this.#rows.take()) {
      const r = new ByteReader(row)
      skipValue(r)
      const key = row.subarray(0, r.position)
      const position = row.subarray(r.position)
      const present = decodeValue(r) as number
      const sameKey = open !== null && compareBytes(open, key) === 0
      if (!sameKey) {
        open = key.slice()
        waiting = waitingTimesOf(open)
      }
      if (!sameKey || present !== partition) time = waiting.get(present) ?? Number.NEGATIVE_INFINITY
      partition = present
      const v = new ByteReader(value)
      time = Math.max(time, decodeValue(v) as number)
      const ownStart = v.position
      skipValue(v)
      yield {
        time,
        rank: this.#rank,
        identity: position,
        key,
        value: value.subarray(v.position),
        by: value.subarray(ownStart, v.position),
      }
    }
  }
}
