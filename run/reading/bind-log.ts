// Binds a job to a log: checks that its topics exist there, and that their records carry what the job needs.
//
// Promises: everything that can be known before the first record is refused before the first record, and before a state
// is made.
// Not here: a lambda that reads a key or header which the log does not carry (core/emitted/event-record.ts, also
// `log-lacks`).

import { LyrebirdError } from '../../core/errors.ts'
import { partitionName } from '../../core/log/cut.ts'
import type { Plan, SourceNode } from '../../core/plan/plan.ts'
import type { Log, PartitionRange, RangeOptions } from '../../logs/log.ts'

export const sourceNodes = (plan: Plan): readonly SourceNode[] =>
  plan.nodes.filter((n): n is SourceNode => n.kind === 'source')

/** Topics that a job reads, sorted. */
const sourceTopics = (plan: Plan): readonly string[] => [...new Set(sourceNodes(plan).map(s => s.params.topic))].sort()

/** Ranges by `topic/partition`, in order of topic and partition number. */
export type Ranges = ReadonlyMap<string, PartitionRange>

/** The ranges of all partitions of the job's topics now. Throws `unknown-topic`. */
export async function rangesNow(log: Log, plan: Plan, options: RangeOptions = {}): Promise<Ranges> {
  const ranges = new Map<string, PartitionRange>()
  for (const topic of sourceTopics(plan)) {
    for (const range of await log.partitions(topic, options)) ranges.set(partitionName(topic, range.partition), range)
  }
  return ranges
}

/** Ids of the job's topics, where the log has ids. */
export async function topicIdsNow(log: Log, plan: Plan): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>()
  for (const topic of sourceTopics(plan)) {
    const id = await log.topicId(topic)
    if (id !== null) ids.set(topic, id)
  }
  return ids
}

/**
 * Throws `unknown-topic`, and `log-lacks` where the job cannot be run over this log. True where `lyrebird tick` writes
 * into every topic.
 */
export async function checkAbilities(log: Log, plan: Plan): Promise<boolean> {
  let ticks = true
  for (const source of sourceNodes(plan)) {
    const { topic, aheadMs } = source.params
    const abilities = await log.abilities(topic)
    ticks &&= abilities.ticks === true
    if (!source.params.upserts && (await log.compacted?.(topic)) === true) throw compacted(log, source)
    if (abilities.timestamps) continue
    if (source.params.upserts && source.lambdas.key === undefined) throw lacksKeys(log, source)
    if (source.lambdas.time === undefined) throw lacksTimestamps(log, source, 'takes its event time from the log')
    if (aheadMs !== null) throw lacksTimestamps(log, source, 'has `ahead`, which compares event times with the log')
  }
  return ticks
}

function lacksTimestamps(log: Log, source: SourceNode, why: string): LyrebirdError {
  const { topic } = source.params
  return new LyrebirdError(
    'log-lacks',
    `the records of topic ${topic} in ${log.description} carry no timestamp, but the source ${why}`,
    {
      where: { topic, site: source.at ?? undefined },
      hint: 'give the source a `time` that reads the value, or read the topic from segments or Kafka',
    },
  )
}

function lacksKeys(log: Log, source: SourceNode): LyrebirdError {
  const { topic } = source.params
  return new LyrebirdError(
    'log-lacks',
    `the records of topic ${topic} in ${log.description} carry no key, but the table takes its keys from the log`,
    {
      where: { topic, site: source.at ?? undefined },
      hint: 'give the table a `key` that reads the value, or read the topic from segments or Kafka',
    },
  )
}

function compacted(log: Log, source: SourceNode): LyrebirdError {
  const { topic } = source.params
  return new LyrebirdError(
    'log-lacks',
    `topic ${topic} in ${log.description} is compacted: records that a source needs may be gone`,
    {
      where: { topic, site: source.at ?? undefined },
      hint: 'read a topic that keeps every record (cleanup.policy=delete), or read it as a table(...)',
    },
  )
}
