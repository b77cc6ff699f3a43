// `node stream.mjs`: the command line of an emitted stream module.
//
// Promises: SIGTERM and SIGINT commit and end with exit code 0.

import type { FunctionsModule } from '../core/execute/contract.ts'
import { runMain, wholeNumber } from '../runtime-common/main.ts'
import { runStream } from './run-stream.ts'

/** Runs a compiled job as a stream. Sets the exit code of the process. */
export async function main(functions: FunctionsModule, url: string, argv: readonly string[]): Promise<void> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const target = {
    name: 'stream' as const,
    flags: { 'commit-interval': { type: 'string' as const } },
    run: (options: Parameters<typeof runStream>[0], given: Parameters<typeof wholeNumber>[0]) =>
      runStream({ ...options, commitIntervalMs: wholeNumber(given, 'commit-interval', 1), signal: stop.signal }),
  }
  await runMain(target, functions, url, argv)
  process.removeListener('SIGTERM', end)
  process.removeListener('SIGINT', end)
}
