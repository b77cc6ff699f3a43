// Runs all checks against a sink.

import { messageOf } from '../../core/errors.ts'
import type { RowSinkDefinition } from '../../core/sink/row-sink.ts'
import { CHECKS } from './checks.ts'
import { randomOperations } from './random-operations.ts'

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

export interface Violation {
  readonly check: string
  /** What was found, and what had to be. */
  readonly message: string
}

export interface CheckOptions {
  /** Of the random operations; printed with what they find. */
  readonly seed: number
  /** Sequences of random operations. Default 5. */
  readonly sequences?: number
}

/**
 * What a sink does against the contract; empty where it keeps it. `fresh` makes an empty place, once for each check.
 */
export async function checkRowSink(
  fresh: () => Promise<SinkUnderTest>,
  { seed, sequences = 5 }: CheckOptions,
): Promise<readonly Violation[]> {
  const found: Violation[] = []
  for (const [check, run] of CHECKS) {
    try {
      await run(await fresh())
    } catch (error) {
      found.push({ check, message: messageOf(error) })
    }
  }
  for (let i = 0; i < sequences; i++) {
    try {
      await randomOperations(await fresh(), seed + i)
    } catch (error) {
      found.push({ check: `random operations, seed ${seed + i}`, message: messageOf(error) })
    }
  }
  return found
}
