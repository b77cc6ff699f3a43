// `node batch.mjs`: the command line of an emitted batch module.

import { type GivenFunctions, runMain, type Target } from '../run/command-line/main.ts'
import { numberOf } from '../run/command-line/option-values.ts'
import { runBatch } from './run-batch.ts'

/** Runs a compiled job in batch. Sets the exit code of the process. */
export async function main(functions: GivenFunctions, url: string, argv: readonly string[]): Promise<void> {
  const target: Target = {
    name: 'batch',
    options: {
      workers: {
        value: 'N',
        means: 'partitions read at once; default the processors, 1 for less than two million records',
      },
    },
    run: (options, given) =>
      runBatch({ ...options, workers: numberOf(given.workers as string | undefined, 'workers', 1) }),
  }
  await runMain(target, functions, url, argv)
}
