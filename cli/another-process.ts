// Runs a command that only reads once more, in a child process: under another process number.
//
// lmdb knows the readers of a state by their process numbers, and the first process of each container has number 1; a
// child has another one (store/process-number.ts).
// Promises: the same arguments, streams and exit code; signals are passed on. Tried some times, since the child of the
// same command in another container often has the same number, too.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isLyrebirdError } from '../core/errors.ts'

/** Counts the processes above this one. */
const DEPTH = 'LYREBIRD_PROCESS_DEPTH'
const DEPTH_MAX = 8
const READING = ['query', 'verify']

/** Whether the command failed for the number of its process, and may run again under another one. */
export function wantsAnotherProcess(error: unknown, argv: readonly string[]): boolean {
  if (!isLyrebirdError(error) || error.code !== 'process-number-taken') return false
  return READING.includes(argv[0] ?? '') && depth() < DEPTH_MAX
}

/** The exit code of the command. */
export async function runInAnotherProcess(argv: readonly string[]): Promise<number> {
  const script = process.argv[1] as string
  const env = { ...process.env, [DEPTH]: String(depth() + 1) }
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

const depth = (): number => Number(process.env[DEPTH] ?? 0)
