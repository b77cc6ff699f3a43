// Asks for the status of a state: its last commit, who writes it, where the log ends, and what has arrived of its
// outputs.
//
// Promises: the state is read in one short transaction. A log or a cluster that does not answer is told in a sentence:
// the rest of the status is there when it is needed most.

import { EXIT, isLyrebirdError, messageOf } from '../../core/errors.ts'
import { splitPartition } from '../../core/log/cut.ts'
import { settledWithin } from '../../core/settled-within.ts'
import { SinkAway } from '../../core/sink/row-sink.ts'
import { type LogPlace, openLog } from '../../logs/index.ts'
import { isKafkaAddress } from '../../logs/kafka/login/address.ts'
import type { Log } from '../../logs/log.ts'
import { arrivedRecords } from '../../sinks/kafka/arrived.ts'
import { openStateReader, ownerOf } from '../../store/index.ts'
import { wallClock } from '../clock.ts'
import type { RowSinks } from '../feed/feeds.ts'
import { writingNodes } from '../outputs.ts'
import { type Ranges, rangesNow } from '../reading/bind-log.ts'
import { writtenTo } from '../state/folders.ts'
import { type CommittedState, readCommitted } from '../state/read-state.ts'
import { type HeldSink, type Status, statusOf } from './status.ts'

interface StatusOptions {
  readonly state: string
  /** Null: positions are told without lag. */
  readonly log: LogPlace | null
  readonly sinks?: RowSinks | undefined
}

/** Throws `state-missing`, `state-corrupt`, and what is wrong with the place of the log. */
export async function askStatus({ state, log, sinks = {} }: StatusOptions): Promise<Status> {
  const [committed, writer] = [await committedState(state), await ownerOf(state)]
  const problems: string[] = []
  const answered = <T>(asked: Promise<T>, none: T): Promise<T> =>
    asked.catch(error => {
      if (!isLyrebirdError(error) || error.exitCode !== EXIT.broker) throw error
      problems.push(error.message)
      return none
    })
  const ends = log === null ? NO_ENDS : await answered(endsOf(log, committed), NO_ENDS)
  const arrived = await answered(arrivedOf(state, committed), new Map())
  const held = await heldBy(committed, sinks, problems)
  return statusOf(committed, { now: wallClock(), writer, ...ends, arrived, sinks: held, problems })
}

/** What each sink holds; one that does not answer is told. */
async function heldBy(
  { plan, job }: CommittedState,
  sinks: RowSinks,
  problems: string[],
): Promise<readonly HeldSink[]> {
  if (job === null || Object.keys(sinks).length === 0) return []
  const { askedSinks } = await import('../feed/row-feeds.ts')
  const asked = askedSinks(plan, sinks, job.id)
  return await Promise.all(
    asked.map(async ({ view, place, sink }) => {
      try {
        return { view, place, held: await within(sink.held()) }
      } catch (error) {
        problems.push(messageOf(error))
        return { view, place, held: null }
      } finally {
        await sink.close()
      }
    }),
  )
}

async function within<T>(asked: Promise<T>): Promise<T> {
  if (await settledWithin(asked, PATIENCE.openMs)) return await asked
  throw new SinkAway(`no answer for ${PATIENCE.openMs / 1000} s`)
}

interface Ends {
  readonly ranges: Ranges | null
  readonly unread: ReadonlyMap<string, number>
}

/** Whoever asks waits: a scrape of metrics is given up after ten seconds. */
const PATIENCE = { openMs: 3_000, outageMs: 3_000 }

const NO_ENDS: Ends = { ranges: null, unread: new Map() }

async function committedState(directory: string): Promise<CommittedState> {
  const reader = openStateReader(directory)
  try {
    return readCommitted(reader, directory)
  } finally {
    await reader.close()
  }
}

async function endsOf(place: LogPlace, committed: CommittedState): Promise<Ends> {
  const log = await openLog(place, PATIENCE)
  try {
    const ranges = await rangesNow(log, committed.plan)
    return { ranges, unread: await unreadTimes(log, committed, ranges) }
  } finally {
    await log.close()
  }
}

/** Timestamps of the next records, where there are any. */
async function unreadTimes(log: Log, { progress }: CommittedState, ranges: Ranges): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  for (const [name, { start, end }] of ranges) {
    const position = progress.cut.get(name)
    if (position === undefined || position >= end || position < start) continue
    const { topic, partition } = splitPartition(name)
    for await (const { count, timestamps } of log.read(topic, partition, position, position + 1n)) {
      const time = count > 0 ? timestamps?.[0] : undefined
      if (time !== undefined && time >= 0) times.set(name, time)
    }
  }
  return times
}

async function arrivedOf(state: string, { plan, job }: CommittedState): Promise<ReadonlyMap<string, number>> {
  const [place, topics] = [writtenTo(state), writingNodes(plan).map(({ params }) => params.topic)]
  if (job === null || topics.length === 0 || !isKafkaAddress(place)) return new Map()
  return await arrivedRecords(place, { state: job.id, topics, patience: PATIENCE })
}
