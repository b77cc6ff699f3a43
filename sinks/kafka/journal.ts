// What a state remembers beside its outbox: the runs that have written to Kafka, the topics that it has claimed, and
// how a transaction ended whose markers were lost.
//
// Promises: written and synced before the first record of a run, or of a topic, goes to Kafka. A state that was
// restored from a copy has the journal of then, so that what a later run wrote is seen to be of another line. A claim
// that is noted here and missing in Kafka is lost, never a beginning.

import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { makeFolder } from '../../host/folders.ts'
import { systemFailure } from '../../host/system-failure.ts'
import type { Outcome } from '../../logs/kafka/producer/lost-markers.ts'

/** Commits of a run have numbers greater than this. */
interface RunStart {
  readonly run: string
  readonly after: number
}

/** How the last transaction of a producer ended. */
interface Ended {
  readonly producer: string
  readonly outcome: Outcome
}

interface Content {
  /** The address of the cluster that was written to last. */
  readonly place: string
  readonly runs: readonly RunStart[]
  /** Kafka's id of each topic that was claimed, by name. */
  readonly claimed: Readonly<Record<string, string>>
  /** By topic, where markers were lost. */
  readonly ended: Readonly<Record<string, Ended>>
}

const FILE = '_kafka.json'
/** Older runs matter only to what Kafka holds of them. */
const RUNS_MAX = 1000

export class Journal {
  readonly #directory: string
  #content: Content

  private constructor(directory: string, content: Content) {
    this.#directory = directory
    this.#content = content
  }

  /** The journal in a directory, which is made where it is missing, for a cluster. Throws `state-corrupt`. */
  static open(directory: string, place: string): Journal {
    makeFolder(directory)
    return new Journal(directory, { runs: [], claimed: {}, ended: {}, ...read(directory), place })
  }

  /** Begins a run after a commit; returns its name. */
  begin(after: number): string {
    const run = randomUUID()
    const { runs } = this.#content
    this.#write({ ...this.#content, runs: [...runs, { run, after }].slice(-RUNS_MAX) })
    return run
  }

  claim(topic: string, topicId: string): void {
    this.#write({ ...this.#content, claimed: { ...this.#content.claimed, [topic]: topicId } })
  }

  claimed(topic: string): string | null {
    return Object.hasOwn(this.#content.claimed, topic) ? (this.#content.claimed[topic] as string) : null
  }

  noteOutcome(topic: string, producer: bigint, outcome: Outcome): void {
    const ended = { producer: String(producer), outcome }
    this.#write({ ...this.#content, ended: { ...this.#content.ended, [topic]: ended } })
  }

  /** Nothing is open any more: what was noted says nothing of later transactions. */
  forgetOutcome(topic: string): void {
    if (!Object.hasOwn(this.#content.ended, topic)) return
    const { [topic]: _, ...ended } = this.#content.ended
    this.#write({ ...this.#content, ended })
  }

  /** What was noted of the last transaction of a producer; null where nothing was. */
  outcome(topic: string, producer: bigint): Outcome | null {
    const noted = Object.hasOwn(this.#content.ended, topic) ? (this.#content.ended[topic] as Ended) : null
    return noted?.producer === String(producer) ? noted.outcome : null
  }

  /** Whether a commit of a run is in the past of this state, whose last commit is given. */
  includes(run: string, commit: number, last: number): boolean {
    const { runs } = this.#content
    const index = runs.findIndex(known => known.run === run)
    if (index < 0) return false
    // The run ended where the next one began, whatever a copy of the state has gone on to.
    const end = runs[index + 1]?.after ?? last
    return commit <= Math.min(end, last)
  }

  #write(content: Content): void {
    const path = join(this.#directory, FILE)
    try {
      writeFileSync(`${path}.new`, JSON.stringify(content), { flush: true })
      renameSync(`${path}.new`, path)
      const folder = openSync(this.#directory, 'r')
      try {
        fsyncSync(folder)
      } finally {
        closeSync(folder)
      }
    } catch (error) {
      throw systemFailure(error, path)
    }
    this.#content = content
  }
}

/** The cluster that the state of an outbox has written to; null where there is none. Throws `state-corrupt`. */
export const clusterOf = (outbox: string): string | null => read(outbox)?.place ?? null

function read(directory: string): Content | null {
  const path = join(directory, FILE)
  if (!existsSync(path)) return null
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content
  } catch (cause) {
    throw new LyrebirdError('state-corrupt', `${path} cannot be read`, {
      where: { path },
      hint: 'restore the state directory from a copy, or compute the state anew into another one',
      cause,
    })
  }
}
