// The stream in single steps: open, feed, commit, close. The caller decides the order of everything.
//
// Promises: all interleavings of partitions, chunk sizes, commits, and restarts between commits give the same result at
// the same cut.
// Not here: the live schedule (`run-stream.ts`), and the proof of this promise (testing/equivalence).

import { orClose } from '../core/close-all.ts'
import { invariant } from '../core/errors.ts'
import type { Chunk } from '../core/log/chunk.ts'
import { partitionName, splitPartition } from '../core/log/cut.ts'
import { JobRun, type RunOptions } from '../run/job-run.ts'
import type { ReadEnds } from '../run/reading/until.ts'
import type { RunSummary } from '../run/summary.ts'

export class StreamRun {
  readonly run: JobRun
  /** Where the run ends; null where it follows the log. */
  readonly ends: ReadEnds | null
  readonly #final: boolean

  private constructor(run: JobRun, ends: ReadEnds | null, final: boolean) {
    this.run = run
    this.ends = ends
    this.#final = final
  }

  /** Opens log, state and outputs. Throws the typed errors of a run, `state-past-until` among them. */
  static async open(options: RunOptions): Promise<StreamRun> {
    const run = await JobRun.open('stream', options)
    const ends = async () => (options.until === undefined ? null : run.readEnds(options.until))
    return new StreamRun(run, await orClose(ends, () => run.close()), options.final === true)
  }

  /** Partitions of this run, as `topic/partition`. */
  get partitions(): readonly string[] {
    return [...this.run.progress.cut.keys()]
  }

  /** The offset to read next. */
  position(name: string): bigint {
    const position = this.run.progress.cut.get(name)
    invariant(position !== undefined, `${name} is no partition of this run`)
    return position
  }

  /** Exclusive end of what may be read of a partition now. */
  end(name: string): bigint {
    const there = this.run.ranges.get(name)?.end ?? this.position(name)
    const limit = this.ends?.get(name) ?? (this.ends === null ? there : this.position(name))
    if (limit > there) return there
    return limit
  }

  /** True where every partition has been read up to its end. Never for a run that follows the log. */
  get finished(): boolean {
    return this.ends !== null && [...this.ends].every(([name, limit]) => this.position(name) >= limit)
  }

  feed(chunk: Chunk): void {
    const name = partitionName(chunk.topic, chunk.partition)
    invariant(chunk.count === 0 || chunk.baseOffset >= this.position(name), `records of ${name} come twice`)
    this.run.executor.feed(chunk)
    chunk.release?.()
  }

  /** Reads a partition up to an offset and feeds it. */
  async advance(name: string, to: bigint): Promise<void> {
    const { topic, partition } = splitPartition(name)
    if (to <= this.position(name)) return
    for await (const chunk of this.run.log.read(topic, partition, this.position(name), to)) this.feed(chunk)
  }

  /** Makes everything fed so far durable. The last commit of a run with `final` seals the state. */
  async commit(): Promise<void> {
    await this.run.commit(this.#final && this.finished)
    this.run.executor.forget()
  }

  summary(): RunSummary {
    return this.run.summary()
  }

  async close(): Promise<void> {
    await this.run.close()
  }
}
