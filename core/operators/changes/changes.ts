// `changes().to()`: each changed row of a view as an upsert to a topic, the changelog.
//
// Promises: after each flush the newest record of a key is the view's row of that key: its value, or null where the
// view has no row, or an error row. Within a flush records are in the order of row keys.
// Not here: which rows have changed (`core/tables`), and committing records and state together (batch and stream).

import { type Encoder, makeEncoder } from '../../encode/encoder.ts'
import { LyrebirdError, messageOf, mustNotEndRun } from '../../errors.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import { tableRoot } from '../../plan/plan-index.ts'
import type { Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { HeldRow, TABLE, VIEW_VALUE } from '../../state/row-codec.ts'
import type { Rows } from '../../state/rows.ts'
import { type RowPlaces, rowPlaces } from '../../tables/row-place.ts'
import { MAX_TIME } from '../../time/event-time.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../../values/canonical.ts'
import { partitionFor } from '../../values/murmur2.ts'
import type { Flush, Operator } from '../operator.ts'
import type { Changelog, OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { outputKey } from '../output/output-key.ts'

/** A change of a row is no element: it has no identity of its own. */
const NO_IDENTITY = new Uint8Array(0)
const NO_ROW = new Uint8Array(0)

export function makeChanges(node: PlanNodeOf<'changes'>, { plan, lambdas, env }: OperatorContext): OperatorPorts {
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const { window } = tableRoot(plan, node.id).params
  const operator = new ChangesOperator(node, rowPlaces(window), encode, env)
  return { operator, rows: operator, changelog: operator }
}

class ChangesOperator implements Changelog, Operator {
  readonly partials: string
  readonly #node: PlanNodeOf<'changes'>
  readonly #places: RowPlaces
  readonly #encode: Encoder
  readonly #changes: PendingRows
  /** Keys of the topic that are no rows of the view. */
  readonly #gone: PendingRows
  readonly #row = new HeldRow()

  constructor(node: PlanNodeOf<'changes'>, places: RowPlaces, encode: Encoder, env: Environment) {
    this.#node = node
    this.partials = TABLE.held(node.id)
    this.#places = places
    this.#encode = encode
    this.#changes = new PendingRows(env.newSorter)
    this.#gone = new PendingRows(env.newSorter)
  }

  take(_branch: number, rowKey: Uint8Array, stored: Uint8Array | null): void {
    const w = new ByteWriter(128)
    encodeValue(w, this.#recordKey(rowKey))
    encodeValue(w, stored === null || stored[0] !== VIEW_VALUE ? null : this.#valueBytes(stored))
    this.#changes.add(rowKey, w.view())
  }

  keyOf(rowKey: Uint8Array): Uint8Array {
    return this.encodedKey(this.#recordKey(rowKey))
  }

  encodedKey(recordKey: Uint8Array | null): Uint8Array {
    return canonicalBytes(recordKey)
  }

  writeGone(key: Uint8Array): void {
    this.#gone.add(key, NO_ROW)
  }

  flush({ keepNow, sink }: Flush): void {
    const time = Math.min(Math.max(keepNow, 0), MAX_TIME)
    const write = (key: Uint8Array | null, value: Uint8Array | null): void => {
      const partition = partitionFor(key ?? NO_IDENTITY, this.#node.params.partitions)
      const row = this.#row.encode({ time, identity: NO_IDENTITY, partition, key, value })
      sink.release(this.#node.id, partition, row.key, row.value)
    }
    for (const [key] of this.#gone.take()) write(decodeValue(new ByteReader(key)) as Uint8Array | null, null)
    for (const [, change] of this.#changes.take()) {
      const r = new ByteReader(change)
      const key = decodeValue(r) as Uint8Array | null
      write(key, decodeValue(r) as Uint8Array | null)
    }
  }

  #recordKey(rowKey: Uint8Array): Uint8Array | null {
    const { key, window } = this.#places.placeOf(rowKey)
    return outputKey(window === undefined ? key : { key, start: window.start, end: window.end })
  }

  /** Empty: rows change when tables flush, and workers never flush. */
  takePartials(): Rows {
    return []
  }

  addPartials(): void {}

  /** A row that cannot be written ends the run: the topic would no longer be the view. */
  #valueBytes(stored: Uint8Array): Uint8Array {
    try {
      return this.#encode(decodeValue(new ByteReader(stored, 1)))
    } catch (error) {
      const { id, params, at } = this.#node
      mustNotEndRun(id, error, at ?? undefined)
      throw new LyrebirdError('job-failed', `a row cannot be written to topic ${params.topic}: ${messageOf(error)}`, {
        where: { node: id, topic: params.topic },
        hint: 'change the rows with mapValues() before changes(), or write them in another format',
        cause: error,
      })
    }
  }
}
