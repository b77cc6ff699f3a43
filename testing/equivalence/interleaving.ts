// One seeded interleaving of the stream: which partition next, how many records, when to commit, when to stop and start
// again.
//
// Promises: the schedule is a function of the seed and the log's size; it ends at the cut. A restart in the middle
// loses what was not committed, as a crash does.
// Not here: killing the process (test/crash).

import { thenClose } from '../../core/close-all.ts'
import type { RunOptions } from '../../run/job-run.ts'
import { StreamRun } from '../../runtime-stream/index.ts'
import { type Random, seededRandom } from './random.ts'

interface Interleaving {
  readonly commits: number
  readonly restarts: number
}

/** Approximate number of steps: larger logs get larger steps, so that a schedule stays affordable. */
const STEPS_ABOUT = 150
const RESTARTS_MAX = 4

/** `options.until` must be given. After each commit `committed` is called. */
export async function runInterleaving(
  options: RunOptions,
  seed: number,
  committed: (run: StreamRun) => void | Promise<void> = () => {},
): Promise<Interleaving> {
  const random = seededRandom(seed)
  const commitChance = random.pick([0.01, 0.05, 0.2, 0.5])
  const restartChance = random.pick([0, 0.02, 0.1])
  let stream = await StreamRun.open(options)
  const step = stepSizes(stream, random)
  let [commits, restarts] = [0, 0]
  const commit = async (): Promise<void> => {
    await stream.commit()
    commits++
    await committed(stream)
  }
  const toTheEnd = async (): Promise<Interleaving> => {
    while (!stream.finished) {
      await advanceOne(stream, random, step())
      if (random.chance(commitChance) && !stream.finished) await commit()
      if (restarts < RESTARTS_MAX && random.chance(restartChance)) {
        await stream.close()
        restarts++
        stream = await StreamRun.open(options)
      }
    }
    await commit()
    return { commits, restarts }
  }
  return await thenClose(toTheEnd, () => stream.close())
}

async function advanceOne(stream: StreamRun, random: Random, records: number): Promise<void> {
  const open = stream.partitions.filter(name => stream.position(name) < stream.end(name))
  const name = random.pick(open)
  const to = stream.position(name) + BigInt(records)
  const end = stream.end(name)
  await stream.advance(name, to > end ? end : to)
}

/** Sizes of steps: mostly small compared with the log, sometimes a large one. */
function stepSizes(stream: StreamRun, random: Random): () => number {
  const total = stream.partitions.reduce((sum, name) => sum + Number(stream.end(name) - stream.position(name)), 0)
  const usual = Math.max(1, Math.ceil((total / STEPS_ABOUT) * random.pick([0.5, 1, 4])))
  return () => 1 + random.below(random.chance(0.05) ? usual * 20 : usual)
}
