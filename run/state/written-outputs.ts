// What the topics of a state's outputs hold, also while the state goes on writing them: records by their numbers,
// counted from the beginning of the state, wherever the topics are.
//
// Promises: what is there is of one moment after the commit that it is asked for, and is read up to there however
// often; what is still on its way is waited for as long as is said, and then told. In an embedded log the number of a
// record is its offset; in Kafka the control topic says which number the last one has.
// Not here: what the records should be (testing/equivalence/state).

import { setTimeout as sleep } from 'node:timers/promises'
import { openLog } from '../../logs/index.ts'
import { isKafkaAddress } from '../../logs/kafka/login/address.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import type { Patience } from '../../logs/patience.ts'
import { ownClaims } from '../../sinks/kafka/arrived.ts'
import { givenKey } from '../../sinks/kafka/keys-in-topic.ts'
import type { RecordCounts, SinkTopic } from '../../sinks/sink.ts'
import { now } from '../clock.ts'
import { type WrittenRecord, writtenRecords } from './read-state.ts'

type AskedTopic = Pick<SinkTopic, 'topic' | 'partitions' | 'content'>

interface OutputsOptions {
  /** A log directory, or kafka://HOST:PORT,... */
  readonly place: string
  /** Id of the state; null where it has none. */
  readonly state: string | null
  readonly topics: readonly AskedTopic[]
  /** What the commit counts. */
  readonly counts: RecordCounts
  /** ms for which records that the commit counts are waited for. */
  readonly waitMs: number
  readonly patience?: Patience | undefined
}

/** One partition of an output. */
export interface WrittenPart {
  readonly partition: number
  /** Records of the state that have come there, those included that are gone again; null where nobody says how many. */
  readonly to: bigint | null
  /** The offset behind the last one of them. */
  readonly end: bigint
}

export class WrittenOutputs {
  readonly place: string
  /** Whether the topics are in a cluster, where offsets are no numbers and records may be gone again. */
  readonly inCluster: boolean
  readonly #log: Log
  readonly #topics: ReadonlyMap<string, AskedTopic>
  readonly #parts: ReadonlyMap<string, readonly WrittenPart[]>

  private constructor(log: Log, { place, topics }: OutputsOptions, parts: ReadonlyMap<string, readonly WrittenPart[]>) {
    this.place = place
    this.inCluster = isKafkaAddress(place)
    this.#log = log
    this.#topics = new Map(topics.map(topic => [topic.topic, topic]))
    this.#parts = parts
  }

  /** Looks what is there now. Throws `usage`, `broker-unreachable` and the like. */
  static async open(options: OutputsOptions): Promise<WrittenOutputs> {
    const log = await openLog(options.place, options.patience)
    try {
      const until = now() + options.waitMs
      for (;;) {
        const parts = await partsNow(log, options)
        if (parts.whole || now() > until) return new WrittenOutputs(log, options, parts.found)
        await sleep(LOOK_PAUSE_MS)
      }
    } catch (error) {
      await log.close()
      throw error
    }
  }

  /** By partition number. */
  parts(topic: string): readonly WrittenPart[] {
    return this.#parts.get(topic) ?? []
  }

  /** The number of the first record that is there; null where nobody can say. */
  async first(topic: string, part: WrittenPart): Promise<bigint | null> {
    const range = await this.#range(topic, part)
    if (range === null || range.start === 0n || !this.inCluster) return range?.start ?? 0n
    if (part.to === null) return null
    let count = 0n
    for await (const chunk of this.#log.read(topic, part.partition, range.start, range.end))
      count += BigInt(chunk.count)
    return part.to - count
  }

  /** The records that are there, from the first one on. */
  async *read(topic: string, part: WrittenPart): AsyncGenerator<WrittenRecord> {
    const range = await this.#range(topic, part)
    if (range === null) return
    const changes = this.#topics.get(topic)?.content === 'changes'
    for await (const record of writtenRecords(this.#log, topic, part.partition, range.start, range.end)) {
      yield changes && this.inCluster && record.key !== null ? { ...record, key: givenKey(record.key) } : record
    }
  }

  async close(): Promise<void> {
    await this.#log.close()
  }

  /** From the first offset that is there now; null where nothing is. */
  async #range(topic: string, { partition, end }: WrittenPart): Promise<PartitionRange | null> {
    const range = (await rangesOf(this.#log, topic)).get(partition)
    return range === undefined || end <= range.start ? null : { ...range, end: end < range.end ? end : range.end }
  }
}

/** Between two looks at what has come. */
const LOOK_PAUSE_MS = 50

interface Found {
  readonly found: ReadonlyMap<string, readonly WrittenPart[]>
  /** Everything is there that the commit counts. */
  readonly whole: boolean
}

async function partsNow(log: Log, { place, state, topics, counts, patience = {} }: OutputsOptions): Promise<Found> {
  const asked = { state: state ?? '', topics: topics.map(({ topic }) => topic), patience }
  const claims = isKafkaAddress(place) ? await ownClaims(place, asked) : null
  const found = new Map<string, readonly WrittenPart[]>()
  let whole = true
  for (const { topic, partitions } of topics) {
    const ranges = await rangesOf(log, topic)
    const claim = claims?.get(topic)
    const parts = Array.from({ length: partitions }, (_, partition): WrittenPart => {
      const end = ranges.get(partition)?.end ?? 0n
      if (claims === null) return { partition, to: end, end }
      // Nothing says how many records another cluster has, or a topic that was made anew.
      if (claim === undefined) return { partition, to: end === 0n ? 0n : null, end }
      // The markers of a transaction come to its partitions one after the other.
      whole &&= end > (claim.ends[partition] ?? -1n)
      return { partition, to: claim.records[partition] ?? 0n, end: (claim.ends[partition] ?? -1n) + 1n }
    })
    whole &&= parts.every(({ partition, to }) => to === null || to >= (counts.get(topic)?.[partition] ?? 0n))
    found.set(topic, parts)
  }
  return { found, whole }
}

/** Empty for a topic that is not there. */
async function rangesOf(log: Log, topic: string): Promise<ReadonlyMap<number, PartitionRange>> {
  if (!(await log.topics()).includes(topic)) return new Map()
  return new Map((await log.partitions(topic)).map(range => [range.partition, range]))
}
