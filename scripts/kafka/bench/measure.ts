// Runs one contestant as a whole process and says what it took.
//
// Promises: start and end of the process included; processor time and peak memory are its own (it leaves them in a
// file, as `bench/usage.mjs` does), the brokers' time is apart. One that fails or takes too long is an error with its
// last words.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Broker } from '../broker.ts'
import type { Peers } from './peers.ts'

/** What all parts of the bench share. */
export interface Bench {
  readonly root: string
  /** Removed at the end. */
  readonly scratch: string
  readonly events: number
  readonly rounds: number
  readonly brokers: readonly Broker[]
  /** host:port of the first broker. */
  readonly address: string
  /** Directory of the seeded log of `npm run bench`. */
  readonly log: string
  readonly peers: Peers
}

export interface Measured {
  readonly seconds: number
  /** Seconds of processor time. */
  readonly cpu: number
  /** The same of all brokers meanwhile. */
  readonly brokersCpu: number
  readonly rssMb: number
}

/** What the slowest takes on a busy machine, several times over. */
const SHORTEST_LIMIT_MS = 300_000
const LIMIT_MS_BY_EVENT = 0.2
const LAST_WORDS = 2000
const TICKS_PER_SECOND = 100
let serial = 0

/** The seeded log of `npm run bench`: the same events for the same number. */
export async function generatedLog(root: string, events: number): Promise<string> {
  const log = join(root, '.lyrebird', 'bench', `mixed-${events}-1`)
  mkdirSync(dirname(log), { recursive: true })
  const { generate } = await import(join(root, 'bench', 'generate.mjs'))
  generate(log, events, 4, 1)
  return log
}

/** Names a new file or directory. */
export function freshPath({ scratch }: Bench, name: string): string {
  return join(scratch, `${name}-${serial++}`)
}

/** The command that runs a script of Node so that it leaves its usage. */
export function nodeCommand({ root }: Bench, script: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, '--import', join(root, 'bench', 'usage.mjs'), script, ...args]
}

export function measure(bench: Bench, [program, ...args]: readonly string[]): Measured {
  const usage = freshPath(bench, 'usage')
  const env = { ...process.env, LYREBIRD_BENCH_USAGE: usage, TZ: 'UTC' }
  const timeout = Math.max(SHORTEST_LIMIT_MS, bench.events * LIMIT_MS_BY_EVENT)
  const [before, started] = [brokersSeconds(bench), performance.now()]
  const { status, stderr, error } = spawnSync(program as string, args, {
    cwd: bench.root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  })
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) {
    const why = error === undefined ? `exit ${status}` : error.message
    throw new Error(`${why} ${stderr?.trim().slice(-LAST_WORDS)}`)
  }
  const brokersCpu = brokersSeconds(bench) - before
  const { rssMb, cpuSeconds } = JSON.parse(readFileSync(usage, 'utf8'))
  rmSync(usage)
  return { seconds, cpu: cpuSeconds, brokersCpu, rssMb }
}

/** Processor time of all brokers. */
export function brokersSeconds({ brokers }: Bench): number {
  return brokers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
}

/** Processor time of a process of Linux. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
