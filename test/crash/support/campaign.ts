// Kills a live stream again and again while another process appends; the caller compares what is left with batch.
//
// Promises: times of kills follow from a seed, some early in a life and some after its first commit; kills are SIGKILLs
// of real processes, and some hit the appender too. Counts the lives that committed anything, so that a campaign that
// tested nothing is seen. State and log are kept from the first kill to the last.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLyrebirdError } from '../../../core/errors.ts'
import { openStateReader } from '../../../store/index.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { type Child, program, start } from '../../support/child.ts'
import type { AppendOrder } from './appender.ts'

export interface CampaignOptions {
  readonly folder: string
  readonly seed: number
  readonly kills: number
  readonly topic: string
  readonly partitions: number
  /** Starts the stream over `log` into `state`, following the log. */
  readonly startStream: (log: string, state: string) => Child
  /** Longest life of a stream in ms from its start; most are killed within a fifth of it after their first commit. */
  readonly lifeMs: number
  readonly onKill?: (kill: number) => void
  /**
   * Kills at any time of a life, as a supervisor does that restarts at once whatever ends; without it most lives are
   * left until they have committed.
   */
  readonly loop?: boolean | undefined
  /** Keys of the records, each of which is there once before the first life. Default: a few. */
  readonly keys?: number | undefined
  /**
   * Called before the first kill and after each `every` of them, while nobody appends and no stream runs: reads to the
   * end of the log and compares.
   */
  readonly rest?:
    | { readonly every: number; readonly compare: (log: string, state: string) => Promise<void> }
    | undefined
}

export interface Campaign {
  readonly log: string
  readonly state: string
  /** Streams killed, and appenders killed. */
  readonly kills: number
  readonly appenderKills: number
  /** Kills of streams that had committed since their last start. */
  readonly afterCommit: number
}

export async function campaign(options: CampaignOptions): Promise<Campaign> {
  const { folder, seed, kills, topic, partitions, lifeMs, loop = false, keys = 0, rest } = options
  const random = seededRandom(seed)
  const [log, state] = [join(folder, 'log'), join(folder, 'state')]
  const path = program(`
    import { appender } from './test/crash/support/appender.ts'
    await appender(JSON.parse(process.argv[2]))
  `)
  let starts = 0
  const startAppender = async (): Promise<Child> => {
    const n = starts++
    const order: AppendOrder = {
      log,
      topic,
      partitions,
      seed: seed + n,
      batch: 20,
      pauseMs: 4,
      keys,
      fill: n === 0 ? keys : 0,
    }
    const child = start(path, [JSON.stringify(order)])
    await child.line()
    return child
  }
  let appender = await startAppender()
  let [afterCommit, appenderKills] = [0, 0]
  for (let kill = 0; kill < kills; kill++) {
    if (rest !== undefined && kill % rest.every === 0) {
      await stop(appender)
      await rest.compare(log, state)
      appender = await startAppender()
    }
    const before = await progressOf(state)
    const stream = options.startStream(log, state)
    if (!loop && random.chance(0.6)) {
      await Promise.race([change(state, before), stream.ended])
      await sleep(random.below(lifeMs / 5))
    } else await sleep(random.below(lifeMs))
    stream.kill('SIGKILL')
    const { signal, stderr } = await stream.ended
    if (signal !== 'SIGKILL') throw new Error(`the stream ended by itself before kill ${kill}: ${stderr}`)
    if ((await progressOf(state)) !== before) afterCommit++
    if (random.chance(0.15)) {
      appender.kill('SIGKILL')
      await appender.ended
      appenderKills++
      appender = await startAppender()
    }
    options.onKill?.(kill + 1)
  }
  await stop(appender)
  return { log, state, kills, appenderKills, afterCommit }
}

async function stop(appender: Child): Promise<void> {
  appender.kill('SIGTERM')
  const { code, stderr } = await appender.ended
  if (code !== 0) throw new Error(`the appender failed: ${stderr}`)
}

/** The committed progress as text; empty where there is none. */
async function progressOf(state: string): Promise<string> {
  if (!existsSync(join(state, 'state.mdb'))) return ''
  try {
    const reader = openStateReader(state)
    try {
      return Buffer.from(reader.document('progress') ?? []).toString('hex')
    } finally {
      await reader.close()
    }
  } catch (error) {
    // Its file is made before its first transaction.
    if (isLyrebirdError(error) && error.code === 'state-missing') return ''
    throw error
  }
}

/** Resolves once the state shows another commit. Throws where none comes for two minutes. */
async function change(state: string, before: string): Promise<void> {
  for (const until = performance.now() + 120_000; performance.now() < until; await sleep(10)) {
    const now = await progressOf(state).catch(() => before)
    if (now !== before) return
  }
  throw new Error('no commit for two minutes')
}
