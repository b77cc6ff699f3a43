// The parent side of the crash tests: starts victims, and compares what they left with a batch run that was not killed.

import { join } from 'node:path'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { compareResults, type Difference } from '../../../core/result/compare-results.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { type Child, program, start } from '../../support/child.ts'
import type { Order } from './victim.ts'

let path: string | null = null

export function startVictim(order: Order, shell?: string): Child {
  path ??= program(`
    import { victim } from './test/crash/support/victim.ts'
    await victim(JSON.parse(process.argv[2]))
  `)
  return start(path, [JSON.stringify(order)], shell)
}

/** The first difference between a state and batch over the whole log; null where they are equal. */
export async function differenceFromBatch(
  functions: FunctionsModule,
  log: string,
  state: string,
  folder: string,
): Promise<Difference | null> {
  const whole = join(folder, 'whole')
  await runBatch({ functions, log, state: whole })
  const expected = await readWholeResult(whole, defaultOut(whole), functions.plan)
  return compareResults(expected, await readWholeResult(state, defaultOut(state), functions.plan))
}
