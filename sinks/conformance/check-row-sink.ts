// Runs all checks against a sink.

import { messageOf } from '../../core/errors.ts'
import { CHECKS } from './checks.ts'
import { randomOperations } from './random-operations.ts'
import type { SinkUnderTest } from './sink-under-test.ts'

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
