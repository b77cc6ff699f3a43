// `node batch.mjs`: the command line of an emitted batch module.

import type { FunctionsModule } from '../core/execute/contract.ts'
import { runMain, wholeNumber } from '../runtime-common/main.ts'
import { runBatch } from './run-batch.ts'

/** Runs a compiled job in batch. Sets the exit code of the process. */
export async function main(functions: FunctionsModule, url: string, argv: readonly string[]): Promise<void> {
  const target = {
    name: 'batch' as const,
    flags: { workers: { type: 'string' as const } },
    run: (options: Parameters<typeof runBatch>[0], given: Parameters<typeof wholeNumber>[0]) =>
      runBatch({ ...options, workers: wholeNumber(given, 'workers', 1) }),
  }
  await runMain(target, functions, url, argv)
}
