// What the checks are made with.

import type { RowSinkDefinition } from '../../core/sink/row-sink.ts'

/** A place that a sink writes to, empty at first. */
export interface SinkUnderTest {
  readonly definition: RowSinkDefinition
  /**
   * What somebody who reads the place sees: the field `n` of each row's value, by the row's id in hexadecimal digits.
   * An id that the place does not hold as it is counts by `idOf`.
   */
  rows(): Promise<ReadonlyMap<string, number>>
  /** How the place names a row; default its id in hexadecimal digits. */
  idOf?(id: Uint8Array): string
}
