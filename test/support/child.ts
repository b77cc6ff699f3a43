// Starts processes: each test's own program, bundled, so that it runs on plain Node.
//
// Promises: the process is killed when the test ends, or with `outliveTests` when the last one of the file does.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildSync } from 'esbuild'
import { cleanUpAfterEach } from './suites/clean-up.ts'

const root = join(import.meta.dirname, '../..')
const running = new Set<ChildProcess>()
const made: string[] = []

let outlive = false

/** Processes that this file starts from now on go on after the test that has started them. */
export function outliveTests(): void {
  outlive = true
}

const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL')
}

cleanUpAfterEach('test', () => {
  if (!outlive) killAll()
})
cleanUpAfterEach('file', () => {
  killAll()
  outlive = false
  for (const file of made.splice(0)) rmSync(file, { force: true })
})

/** Bundles a module whose text may import `./store/...` and `./core/...`; gives its path. */
export function program(text: string): string {
  const dir = join(root, 'node_modules/.cache/lyrebird-test')
  mkdirSync(dir, { recursive: true })
  const entry = join(dir, `store-${process.pid}-${made.length}`)
  made.push(`${entry}.ts`, `${entry}.mjs`)
  writeFileSync(`${entry}.ts`, text.replaceAll("from './", `from '${root}/`))
  buildSync({
    entryPoints: [`${entry}.ts`],
    outfile: `${entry}.mjs`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  })
  return `${entry}.mjs`
}

/**
 * For `start`: gives the program a parent that does not wait for it, so that it is a zombie once it is killed.
 */
export const UNREAPED = '"$@" & exec sleep 1000'

/** Kills a process that was started `UNREAPED`, and waits until it is a zombie. */
export async function killUnreaped(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await new Promise(setImmediate)
}

export interface Child {
  readonly pid: number
  /** The next line of its output; undefined at the end. */
  line(): Promise<string | undefined>
  /** What it has written to stderr until now. */
  said(): string
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
  kill(signal: NodeJS.Signals): void
}

/** Reads lines until one fits; false where the process ends first. */
export async function says(child: Child, fits: (line: string) => boolean): Promise<boolean> {
  for (let line = await child.line(); line !== undefined; line = await child.line()) if (fits(line)) return true
  return false
}

export function start(path: string, args: readonly string[], shell?: string): Child {
  const command = [process.execPath, path, ...args]
  const child =
    shell === undefined
      ? spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('bash', ['-c', `${shell}; exec "$@"`, 'bash', ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let stderr = ''
  child.stderr?.on('data', part => {
    stderr += part
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>(done => {
    child.on('close', (code, signal) => {
      running.delete(child)
      done({ code, signal, stderr })
    })
  })
  return {
    pid: child.pid as number,
    line: async () => {
      const next = await lines.next()
      return next.done ? undefined : next.value
    },
    said: () => stderr,
    ended,
    kill: signal => child.kill(signal),
  }
}
