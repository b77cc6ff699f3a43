// Runs the real command as a process, as a user's shell does.
//
// Promises: each project is a temporary folder with its own compile cache; no setting of the machine reaches the
// command. Needs `npm run build`, which makes the command that is run here.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanUpAfterEach } from '../support/suites/clean-up.ts'

const root = join(import.meta.dirname, '../..')
export const BIN = join(root, 'bin/lyrebird.mjs')
if (!existsSync(join(root, 'build/cli/main.js'))) throw new Error('build first: npm run build')

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stderr holds the text; rejects if the process ends before. */
  said(text: string): Promise<void>
  /** All of stderr so far. */
  told(): string
}

const folders: string[] = []
const running = new Set<ChildProcess>()

cleanUpAfterEach('file', () => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder with files by name. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-cli-'))
  folders.push(folder)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Shell text that runs before the command, such as a limit. */
  readonly shell?: string
}

export function begin(cwd: string, args: readonly string[], options: RunOptions = {}): Running {
  const { PATH = '', HOME = '' } = process.env
  const command = [process.execPath, BIN, ...args]
  const [file, rest] =
    options.shell === undefined
      ? [command[0] as string, command.slice(1)]
      : ['bash', ['-c', `${options.shell}; exec "$@"`, 'bash', ...command]]
  const child = spawn(file, rest, { cwd, env: { PATH, HOME, ...options.env }, stdio: 'pipe' })
  running.add(child)
  const text = { out: '', err: '' }
  child.stdout.on('data', part => {
    text.out += part
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const ended = new Promise<Ended>(done => {
    child.on('close', (code, signal) => {
      running.delete(child)
      done({ code, signal, ...text })
    })
  })
  child.stderr.on('data', part => {
    text.err += part
  })
  const said = (wanted: string): Promise<void> =>
    new Promise((done, fail) => {
      const look = (): void => {
        if (text.err.includes(wanted)) done()
      }
      child.stderr.on('data', look)
      child.on('close', () => fail(new Error(`ended without saying ${wanted}: ${text.err}`)))
      look()
    })
  return { child, ended, said, told: () => text.err }
}

export const run = (cwd: string, args: readonly string[], options?: RunOptions): Promise<Ended> =>
  begin(cwd, args, options).ended

/** Two views and an output. */
export const JOB = `import { count, job, source, sum, tumbling } from 'lyrebird'

interface View { at: string; user: string; country: string; bytes: number }

const views = source<View>('page-views', { time: v => Date.parse(v.at), disorder: '30s' })
const kept = views.filter(v => v.bytes >= 0)
const traffic = kept
  .keyBy(v => v.country)
  .window(tumbling('1h'))
  .aggregate({ views: count(), bytes: sum(v => v.bytes) })
const hours = traffic.closed().to('hours')

export default job('page-views', { traffic, users: kept.keyBy(v => v.user).count(), hours })
`

/** Records at successive hours, as lines. */
export function records(count: number, from = 0): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const n = from + i
    const at = new Date(Date.UTC(2026, 0, 1, 10) + n * 60_000).toISOString()
    return JSON.stringify({ at, user: `u${n % 7}`, country: ['KR', 'BR', 'CI'][n % 3], bytes: n })
  })
  return `${lines.join('\n')}\n`
}
