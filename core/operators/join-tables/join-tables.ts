// `joinTables`: the rows of two tables by their common key (and window), as a table of its own.
//
// Promises: after a flush the joined rows are those of both sides at the cut (semantics.md 3.12); each closed window is
// emitted exactly once, when it is closed on both sides, and its state is deleted then. State: what both sides have of
// each row key.
// Not here: views and `closed` nodes on this table (`row-table-sink.ts`).

import type { RowInlet } from '../../emitted/emitted-module.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import type { Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { decodeViewValue, TABLE } from '../../state/row-codec.ts'
import { leastKey, RowCursor } from '../../state/row-cursor.ts'
import type { Rows } from '../../state/rows.ts'
import { type RowPlaces, rowPlaces } from '../../tables/row-place.ts'
import { RowTableSink } from '../../tables/row-table-sink.ts'
import type { RowOutcome } from '../../tables/table-chain.ts'
import { ByteReader, ByteWriter, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../../values/canonical.ts'
import type { Flush, Operator } from '../operator.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { sinkOptions } from '../table-parts.ts'

/** What a view would store of each side's row; null where the side has none. */
type Sides = readonly [Uint8Array | null, Uint8Array | null]

const NEITHER: Sides = [null, null]
/** In place of a stored row: the row is gone. */
const GONE = new Uint8Array(0)

export function makeJoinTables(node: PlanNodeOf<'joinTables'>, context: OperatorContext): OperatorPorts {
  const { window } = node.params
  const rows = new RowTableSink(sinkOptions(node, window, context))
  const operator = new JoinTablesOperator({ node, places: rowPlaces(window), rows, env: context.env })
  return { operator, rows: operator }
}

interface JoinTablesOptions {
  readonly node: PlanNodeOf<'joinTables'>
  readonly places: RowPlaces
  readonly rows: RowTableSink
  readonly env: Environment
}

class JoinTablesOperator implements RowInlet, Operator {
  readonly partials: string
  readonly #o: JoinTablesOptions
  /** Changed rows of each side. */
  readonly #fresh: readonly [PendingRows, PendingRows]

  constructor(options: JoinTablesOptions) {
    this.#o = options
    this.partials = TABLE.state(options.node.id)
    const { newSorter } = options.env
    this.#fresh = [new PendingRows(newSorter), new PendingRows(newSorter)]
  }

  take(side: number, rowKey: Uint8Array, stored: Uint8Array | null): void {
    this.#fresh[side as 0 | 1].add(rowKey, stored ?? GONE)
  }

  flush(flush: Flush): void {
    const { rows } = this.#o
    rows.begin(flush.sink, flush.keepNow)
    const fresh = [new RowCursor(this.#fresh[0].take()), new RowCursor(this.#fresh[1].take())] as const
    const closing = new RowCursor(this.#closingRows(flush.now))
    for (;;) {
      const least = leastKey(leastKey(fresh[0].key, fresh[1].key), closing.key)
      if (least === undefined) break
      this.#flushRow(least.slice(), fresh, closing, flush)
    }
    rows.finish()
  }

  /** Empty: rows change when tables flush, and workers never flush. */
  takePartials(): Rows {
    return []
  }

  addPartials(): void {}

  #flushRow(
    rowKey: Uint8Array,
    fresh: readonly [RowCursor, RowCursor],
    closing: RowCursor,
    { now, sink }: Flush,
  ): void {
    const { places, rows, env } = this.#o
    const stored = closing.isAt(rowKey) ? closing.value : env.state?.get(this.partials, rowKey)
    const before = stored === undefined ? NEITHER : decodeSides(stored)
    if (closing.isAt(rowKey)) closing.advance()
    const after: Sides = [taken(fresh[0], rowKey, before[0]), taken(fresh[1], rowKey, before[1])]
    const changed = !same(before[0], after[0]) || !same(before[1], after[1])
    const { window } = places.placeOf(rowKey)
    const closes = window !== undefined && places.isClosed(window.end, now)
    if (changed || closes) {
      rows.put(rowKey, this.#outcome(after), { changed, closes, isNew: stored === undefined })
    }
    const exists = !closes && (after[0] !== null || after[1] !== null)
    if (exists && changed) sink.putSorted(this.partials, rowKey, encodeSides(after))
    else if (!exists && stored !== undefined) sink.putSorted(this.partials, rowKey, null)
  }

  /** An error row of a side makes the joined row one; the left one's takes precedence. */
  #outcome([left, right]: Sides): RowOutcome {
    const { type } = this.#o.node.params
    if (left === null && (right === null || type !== 'full')) return { kind: 'absent' }
    if (right === null && type === 'inner') return { kind: 'absent' }
    const sides = [left, right].map(side => (side === null ? { value: null } : decodeViewValue(side)))
    for (const side of sides) if ('error' in side) return { kind: 'error', error: side.error, thrown: undefined }
    const [l, r] = sides as { value: unknown }[]
    return { kind: 'value', value: { left: l?.value, right: r?.value } }
  }

  /** Rows of the state whose windows close now. */
  #closingRows(now: number): Rows {
    const { env, places } = this.#o
    const bound = places.closedBefore(now)
    if (env.state === null || bound === null) return []
    return env.state.range(this.partials, undefined, canonicalBytes(bound))
  }
}

/** What a side has of a row now. */
function taken(fresh: RowCursor, rowKey: Uint8Array, before: Uint8Array | null): Uint8Array | null {
  if (!fresh.isAt(rowKey)) return before
  const stored = fresh.value.length === GONE.length ? null : fresh.value.slice()
  fresh.advance()
  return stored
}

function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : compareBytes(a, b) === 0
}

const sidesWriter = new ByteWriter(256)

/** Valid until the next row. */
function encodeSides(sides: Sides): Uint8Array {
  sidesWriter.reset()
  for (const side of sides) encodeValue(sidesWriter, side)
  return sidesWriter.view()
}

function decodeSides(stored: Uint8Array): Sides {
  const r = new ByteReader(stored)
  return [decodeValue(r) as Uint8Array | null, decodeValue(r) as Uint8Array | null]
}
