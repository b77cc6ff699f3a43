// From the state of a group to what a view shows of it.
//
// Promises: the bytes that a view with rows of its own stores.

import type { Column } from '../../aggregations/columns/column.ts'
import { makeColumn } from '../../aggregations/columns/make-column.ts'
import { invariant } from '../../errors.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { RowValue } from './row-value.ts'

const NEVER = (): never => invariant(false, 'a state is shown that no element is added to') as never

export class ShownState {
  readonly #columns: readonly Column[]
  readonly #value: RowValue
  readonly #w = new ByteWriter(256)

  /** The node must share its state (`sharesState`). */
  constructor({ params }: PlanNodeOf<'aggregate'>) {
    const { fields, bare } = params
    this.#columns = fields.map(field => makeColumn(field, { identityOf: NEVER, positionOf: NEVER }, NEVER))
    this.#value = new RowValue(fields, bare, this.#columns)
    for (const column of this.#columns) column.grow(1)
  }

  /** What a view stores of a row's state. The bytes are valid until the next call. */
  stored(state: Uint8Array): Uint8Array {
    const r = new ByteReader(state)
    for (const column of this.#columns) {
      column.clear(0)
      column.merge(0, r)
    }
    this.#w.reset()
    this.#value.stored.write(this.#w, 0)
    return this.#w.view()
  }
}
