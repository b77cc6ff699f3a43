// Upgrades as real processes: a program that runs a version of the job, and what is appended and read meanwhile.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { readCommitted, viewRows } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { openStateReader } from '../../../store/index.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { type Child, program, start } from '../../support/child.ts'
import { valuesIn } from '../../support/read-result.ts'
import { FACTOR, type Version, versionOf } from './versions.ts'

/**
 * Runs a version, live or to the end; a slow one begins with a batch, and waits in it until it is asked for the state.
 * With a point it kills itself at that step of the upgrade, or waits there for the file that follows it.
 */
const deployment = program(`
  import { existsSync } from 'node:fs'
  import { runDeployment } from './deployment/index.ts'
  import { versionOf } from './test/deployment/upgrade/versions.ts'
  const [version, log, state, how, until, point = '', file = ''] = process.argv.slice(2)
  const wait = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  const slowly = () => {
    console.log('step')
    while (!existsSync(state + '/.hand-over')) wait(5)
    wait(200)
  }
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  const at = step => {
    console.log(step)
    if (step !== point) return
    if (file === '') process.kill(process.pid, 'SIGKILL')
    while (!existsSync(file)) wait(5)
  }
  try {
    await runDeployment({
      functions: versionOf(version),
      log,
      state,
      until: until === 'end' ? until : undefined,
      commitIntervalMs: 10,
      signal: stop.signal,
      upgrades: how === 'upgrade',
      ...(how === 'slow' && { batchRecords: 1, onHistory: slowly }),
      upgradeSteps: at,
      onPhase: phase => console.log(phase),
      onNotice: ({ text }) => console.log(text),
    })
  } catch (error) {
    console.log('refused ' + error.code + ' ' + error.message)
    process.exitCode = error.exitCode ?? 70
  }
`)

export interface Places {
  readonly log: string
  readonly state: string
}

export const newPlaces = (): Places => ({ log: join(testFolder(), 'log'), state: join(testFolder(), 'state') })

/** Records that the old version has read. */
export const HALF = 1000

/** A state of the old version. */
export async function oldState(places = newPlaces()): Promise<Places> {
  await appendSome(places.log, 0, HALF)
  await runBatch({ functions: versionOf('old'), log: places.log, state: places.state })
  return places
}

interface Start {
  readonly upgrade?: boolean
  /** It begins with a batch, and waits in it until it is asked for the state. */
  readonly slow?: boolean
  /** Default: it goes on live. */
  readonly end?: boolean
  /** The step at which it kills itself, or waits for `file`. */
  readonly at?: string
  readonly file?: string
}

export function startVersion(version: Version, { log, state }: Places, how: Start = {}): Child {
  const { upgrade = false, slow = false, end = false, at = '', file = '' } = how
  return start(deployment, [
    version,
    log,
    state,
    upgrade ? 'upgrade' : slow ? 'slow' : 'run',
    end ? 'end' : '',
    at,
    file,
  ])
}

/** Reads lines until one begins so; gives all that it has read, and says whether it came. */
export async function says(child: Child, begin: string): Promise<{ lines: readonly string[]; came: boolean }> {
  const lines: string[] = []
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    lines.push(line)
    if (line.startsWith(begin)) return { lines, came: true }
  }
  return { lines, came: false }
}

/** All that it says until it ends. */
export const allOf = async (child: Child): Promise<readonly string[]> => (await says(child, '\0')).lines

const recordOf = (i: number): LogRecord => ({
  timestamp: 1_700_000_000_000 + i * 100,
  key: null,
  value: Buffer.from(JSON.stringify({ t: 1_700_000_000_000 + i * 100, k: `k${(i * 7) % 11}`, n: i % 9 })),
  headers: [],
})

export async function appendSome(log: string, from: number, to: number): Promise<void> {
  const writer = await OutputTopic.openForAppend(log, 'events', 2)
  for (const p of [0, 1]) {
    const numbers = Array.from({ length: to - from }, (_, i) => from + i).filter(i => i % 2 === p)
    await writer.append(p, numbers.map(recordOf))
  }
  await writer.close()
}

/** What one snapshot of a state says: its version, its commit and, of its rows, whether they are of one version. */
export async function snapshotOf(state: string): Promise<{ version: Version; commit: number; sum: number } | null> {
  const reader = openStateReader(state)
  try {
    const { plan, commit } = readCommitted(reader, state)
    const rows = (view: string) =>
      new Map(
        [...viewRows(reader, plan, view)].map(row => [String(valuesIn(row.key)), valuesIn(row.value as Uint8Array)[0]]),
      )
    const [total, doubled] = [rows('total'), rows('doubled')] as [Map<string, number>, Map<string, number>]
    const version = (Object.keys(FACTOR) as Version[]).find(v =>
      [...total].every(([key, value]) => doubled.get(key) === value * FACTOR[v]),
    )
    if (version === undefined) return null
    const isOld = !plan.results.some(({ name }) => name === 'extra')
    if (isOld !== (version === 'old')) return null
    return { version, commit: commit?.number ?? 0, sum: [...total.values()].reduce((a, b) => a + b, 0) }
  } finally {
    await reader.close()
  }
}

/** The state and its outputs against a batch of a version over the whole log. */
export async function resultsOf(version: Version, { log, state }: Places) {
  const functions = versionOf(version)
  const fresh = join(testFolder(), 'fresh')
  await runBatch({ functions, log, state: fresh })
  return {
    own: await readWholeResult(state, defaultOut(state), functions.plan),
    fresh: await readWholeResult(fresh, defaultOut(fresh), functions.plan),
  }
}

export function touch(file: string): void {
  if (!existsSync(file)) writeFileSync(file, '')
}
