// A column: one field of an aggregation over all groups, addressed by slot.
//
// Promises: `add` allocates nothing on the ordinary path; merging is associative and commutative with a cleared slot as identity;
// equal states have equal bytes whatever the order of adds and merges, so that batch and stream write the same rows.
// Leaves to one file per family: the accumulators themselves; to `core/execute/group-table.ts`: which slot is whose.

import type { ByteReader, ByteWriter } from '../bytes.ts'
import type { AggregationKind, AggregationSpec } from '../plan.ts'
import { CountColumn } from './count.ts'
import { DistinctColumn } from './distinct.ts'
import { EdgeColumn } from './edge.ts'
import { ExtremeColumn } from './extreme.ts'
import { ExtremeByColumn } from './extreme-by.ts'
import { MeanColumn, SumColumn } from './sum.ts'
import { TopColumn } from './top.ts'

/** Identity bytes of an element, worked out only where they are needed. */
export type IdentityOf<O> = (origin: O) => Uint8Array

export interface Column {
  /** Makes room for slots below `capacity`; new slots are clear. */
  grow(capacity: number): void
  /** Back to the state of no element. */
  clear(slot: number): void
  /** Counts one element. Which arguments it takes is said by kind in `core/execute/contract.ts`. */
  add(slot: number, ...input: never[]): void
  /** Appends the canonical bytes of the slot's state. */
  write(slot: number, w: ByteWriter): void
  /** Reads a state that `write` wrote, and adds it to the slot's own; into a clear slot this is reading. */
  merge(slot: number, r: ByteReader): void
  /** The result, as plain normalised data. The slot must have counted an element. */
  present(slot: number): unknown
}

type Maker = (spec: AggregationSpec, identityOf: IdentityOf<never>) => Column

/** Every aggregation by its kind. */
const COLUMNS: Readonly<Record<AggregationKind, Maker>> = {
  count: () => new CountColumn(),
  sum: () => new SumColumn(),
  mean: () => new MeanColumn(),
  min: () => new ExtremeColumn(1),
  max: () => new ExtremeColumn(-1),
  first: (_spec, identityOf) => new EdgeColumn(1, identityOf),
  last: (_spec, identityOf) => new EdgeColumn(-1, identityOf),
  minBy: (_spec, identityOf) => new ExtremeByColumn(1, identityOf),
  maxBy: (_spec, identityOf) => new ExtremeByColumn(-1, identityOf),
  topK: (spec, identityOf) => new TopColumn(spec.k ?? 1, identityOf),
  collectSet: () => new DistinctColumn(false),
  countDistinct: () => new DistinctColumn(true),
}

/** The column of one field; `identityOf` gives the identity bytes of an origin that `add` was called with. */
export function makeColumn<O>(spec: AggregationSpec, identityOf: IdentityOf<O>): Column {
  return COLUMNS[spec.kind](spec, identityOf as IdentityOf<never>)
}
