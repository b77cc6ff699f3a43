// The new version of a job, computed beside a state: batch over the results that changed, into a state of its own.
//
// Promises: at each call it is brought up to a cut of the state and goes on from what an earlier call, or an upgrade
// that was stopped, has computed; what does not fit the state any more is thrown away and computed anew. Its outputs
// lie in its own directory, and nobody else sees them.
// Not here: taking it over (swap.ts).

import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { thenClose } from '../../core/close-all.ts'
import { reducedModule } from '../../core/emitted/reduced-module.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { type Cut, splitPartition } from '../../core/log/cut.ts'
import { isLogPlace, type LogPlace, openLog } from '../../logs/index.ts'
import type { Log } from '../../logs/log.ts'
import { rangesNow, sourceNodes } from '../../run/reading/bind-log.ts'
import { nextOf } from '../../run/state/folders.ts'
import { readProgress } from '../../run/state/read-state.ts'
import { type BatchOptions, runBatch } from '../../runtime-batch/index.ts'
import { openStateReader } from '../../store/index.ts'
import { THREADS_RECORDS } from '../limits.ts'
import { partOf, type Upgrade } from './compare-plans.ts'

/** Of a state beside, which is computed anew then. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'state-incompatible',
  'state-corrupt',
  'state-past-until',
  'state-sealed',
  'state-too-new',
  'partition-added',
  'log-rewritten',
])

export class Beside {
  readonly directory: string
  readonly #options: BatchOptions
  /** Topics of the new version that the state does not read. */
  readonly #topics: ReadonlySet<string>
  /** What was opened by name, from the second call on: places in it that were read are found again at once. */
  #opened: Log | null = null
  #calls = 0

  constructor(options: BatchOptions, upgrade: Upgrade) {
    const functions = reducedModule(options.functions, partOf(upgrade))
    this.directory = nextOf(options.state)
    this.#topics = new Set(sourceNodes(functions.plan).map(({ params }) => params.topic))
    this.#options = {
      ...options,
      functions,
      state: this.directory,
      out: join(this.directory, 'out'),
      outTopics: undefined,
      final: false,
      admit: false,
      absent: true,
    }
  }

  /** Brings it up to the cut of a state; of topics that the state does not read, up to their ends. */
  async bringTo(progress: Progress): Promise<void> {
    const own = [...progress.cut].filter(([name]) => this.#topics.has(splitPartition(name).topic))
    const until = new Map([...own, ...(await this.#newPartitions(progress))])
    const from = new Map(own.map(([name]) => [name, progress.starts.get(name) ?? 0n]))
    if (!goesOn(await progressOf(this.directory), progress, until, from)) this.clear()
    const { floors } = progress
    const workers = this.#options.workers ?? workersFor(until, from)
    const log = await this.#log()
    const run = () => runBatch({ ...this.#options, log, workers, until, from, floors })
    try {
      await run()
    } catch (error) {
      if (!isLyrebirdError(error) || !UNUSABLE.has(error.code)) throw error
      this.clear()
      await run()
    }
  }

  async close(): Promise<void> {
    await this.#opened?.close()
    this.#opened = null
  }

  /** The first call may read with threads, which open the log by its name. */
  async #log(): Promise<Log | LogPlace> {
    const { log, patience } = this.#options
    if (this.#calls++ === 0 || !isLogPlace(log)) return log
    this.#opened ??= await openLog(log, patience)
    return this.#opened
  }

  clear(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** Their ends never go back: what has been read of them is part of the new version. */
  async #newPartitions(progress: Progress): Promise<Cut> {
    const known = new Set([...progress.cut.keys()].map(name => splitPartition(name).topic))
    if ([...this.#topics].every(topic => known.has(topic))) return new Map()
    const { log: given, functions, patience } = this.#options
    const log = isLogPlace(given) ? await openLog(given, patience) : given
    try {
      const ranges = await rangesNow(log, functions.plan)
      return new Map([...ranges].flatMap(([name, { topic, end }]) => (known.has(topic) ? [] : [[name, end] as const])))
    } finally {
      if (isLogPlace(given)) await log.close()
    }
  }
}

/** One processor is left to the process that runs the old version. */
function workersFor(until: Cut, from: Cut): number {
  const offsets = [...until].reduce((sum, [name, end]) => sum + Number(end - (from.get(name) ?? 0n)), 0)
  return offsets < THREADS_RECORDS ? 1 : Math.max(1, availableParallelism() - 1)
}

/** Whether what is there was computed from the same beginnings and partitions, and ends before the cut. */
function goesOn(there: Progress | null, progress: Progress, until: Cut, from: Cut): boolean {
  if (there === null) return false
  const isBefore = [...until].every(([name, end]) => (there.cut.get(name) ?? end + 1n) <= end)
  const isSame = [...from].every(([name, start]) => there.starts.get(name) === start)
  const sameTopics = [...there.topicIds].every(([topic, id]) => (progress.topicIds.get(topic) ?? id) === id)
  return isBefore && isSame && sameTopics && there.cut.size === until.size
}

/** Of the state beside; null where there is none that can be read. */
async function progressOf(directory: string): Promise<Progress | null> {
  try {
    const reader = openStateReader(directory)
    return await thenClose(
      async () => readProgress(reader, directory),
      () => reader.close(),
    )
  } catch (error) {
    if (isLyrebirdError(error)) return null
    throw error
  }
}
