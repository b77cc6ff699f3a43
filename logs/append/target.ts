// Where `append` writes: a topic of the embedded log, or nowhere in a dry run.
//
// Promises: with `together` nothing is shown before `finish`, and what `abandon` leaves is cut off; without it each
// write is shown at once. How rows are laid out is on disk before the records are shown.

import { LyrebirdError } from '../../core/errors.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { OutputTopic } from '../embedded/output-topic.ts'
import { type LayoutRange, readLayouts, writeLayouts } from '../embedded/row-layouts.ts'
import { readTopicFile } from '../embedded/topic-file.ts'
import type { LogRecord } from '../log-record.ts'
import type { AppendOptions } from './options.ts'

export interface Target {
  readonly partitions: number
  /** Where the next record of each partition goes. */
  readonly positions: readonly bigint[]
  /** Rows that follow are laid out so; null: they are no rows. */
  layOut(layout: RowLayout | null): void
  write(partition: number, records: readonly LogRecord[]): Promise<void>
  /** Shows what is written so far, unless everything is shown together; whether it did. */
  show(): Promise<boolean>
  finish(): Promise<void>
  /** After a failure. */
  abandon(): Promise<void>
  close(): Promise<void>
}

/** How the rows of a topic are laid out now; null where they are no rows, or nobody said. */
export async function knownLayout({ directory, topic }: AppendOptions): Promise<RowLayout | null> {
  return (await readLayouts(directory, topic)).at(-1)?.layout ?? null
}

/** Locks the topic, which is made where it is missing; a dry run does neither. */
export async function openTarget(options: AppendOptions): Promise<Target> {
  const together = options.inputs.every(input => input.repeatable === true)
  return options.dryRun === true ? await DryTarget.open(options) : await TopicTarget.open(options, together)
}

class TopicTarget implements Target {
  readonly #options: AppendOptions
  readonly #topic: OutputTopic
  readonly #together: boolean
  #ranges: readonly LayoutRange[]
  #changed = false

  private constructor(options: AppendOptions, topic: OutputTopic, together: boolean, ranges: readonly LayoutRange[]) {
    this.#options = options
    this.#topic = topic
    this.#together = together
    this.#ranges = ranges
  }

  static async open(options: AppendOptions, together: boolean): Promise<TopicTarget> {
    const { directory, topic: name, partitions = null, wait } = options
    const topic = await OutputTopic.openForAppend(directory, name, partitions, wait === undefined ? {} : { wait })
    try {
      const { positions } = topic
      // A range without records is what a failed call left.
      const begun = (await readLayouts(directory, name)).filter(({ from }) =>
        positions.some((position, partition) => position > (from[partition] ?? 0n)),
      )
      return new TopicTarget(options, topic, together, begun)
    } catch (e) {
      await topic.close()
      throw e
    }
  }

  get partitions(): number {
    return this.#topic.partitions
  }

  get positions(): readonly bigint[] {
    return this.#topic.positions
  }

  layOut(layout: RowLayout | null): void {
    const last = this.#ranges.at(-1)?.layout ?? null
    if (sameLayout(last, layout)) return
    this.#ranges = [...this.#ranges, { from: this.positions, layout }]
    this.#changed = true
  }

  async write(partition: number, records: readonly LogRecord[]): Promise<void> {
    await this.#topic.prepare(partition, records)
  }

  async show(): Promise<boolean> {
    if (!this.#together) await this.finish()
    return !this.#together
  }

  async finish(): Promise<void> {
    const { directory, topic } = this.#options
    if (this.#changed) await writeLayouts(directory, topic, this.#ranges)
    this.#changed = false
    await this.#topic.publish()
  }

  async abandon(): Promise<void> {
    await this.#topic.recover()
  }

  async close(): Promise<void> {
    await this.#topic.close()
  }
}

class DryTarget implements Target {
  readonly positions: bigint[]

  private constructor(positions: bigint[]) {
    this.positions = positions
  }

  static async open({ directory, topic, partitions }: AppendOptions): Promise<DryTarget> {
    const found = await readTopicFile(directory, topic)
    const count = found?.partitions ?? partitions ?? 1
    if (partitions !== undefined && partitions !== count) {
      throw new LyrebirdError('partition-count', `topic "${topic}" has ${count} partitions, not ${partitions}`, {
        where: { topic, partitions: count },
        hint: 'the count is fixed when a topic is made, since it decides where keys go; leave it out, or use a new topic',
      })
    }
    return new DryTarget(Array.from({ length: count }, () => 0n))
  }

  get partitions(): number {
    return this.positions.length
  }

  layOut(): void {}

  async write(partition: number, records: readonly LogRecord[]): Promise<void> {
    this.positions[partition] = (this.positions[partition] ?? 0n) + BigInt(records.length)
  }

  async show(): Promise<boolean> {
    return false
  }

  async finish(): Promise<void> {}
  async abandon(): Promise<void> {}
  async close(): Promise<void> {}
}

function sameLayout(a: RowLayout | null, b: RowLayout | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.delimiter === b.delimiter &&
    a.quote === b.quote &&
    a.escapedBy === b.escapedBy &&
    JSON.stringify(a.columns) === JSON.stringify(b.columns)
  )
}
