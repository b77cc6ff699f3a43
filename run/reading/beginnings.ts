// Where a new state begins to read, as `--from` says: at offsets, or at the first record of a time.
//
// Promises: of a time, every record whose timestamp is not before it is read, though records behind the first such one
// may be older. A topic that is read as a table is read from its start: its older records are its rows. What an offset
// names must be there (`range-lost`, `usage`).

import { LyrebirdError } from '../../core/errors.ts'
import { offsetAt } from '../../core/log/chunk.ts'
import { type Cut, partitionName } from '../../core/log/cut.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import { type Ranges, sourceNodes } from './bind-log.ts'

/** A cut, whose partitions need not be all there are, or a time in ms since 1970. */
export type From = Cut | number

/** The offsets of the partitions that do not begin at their start. */
export async function beginnings(log: Log, plan: Plan, ranges: Ranges, from: From = new Map()): Promise<Cut> {
  if (typeof from !== 'number') return checked(from, ranges)
  const tables = new Set(sourceNodes(plan).flatMap(({ params }) => (params.upserts ? [params.topic] : [])))
  const cut = new Map<string, bigint>()
  for (const [name, range] of ranges) {
    if (!tables.has(range.topic)) cut.set(name, await offsetOf(log, range, from))
  }
  return cut
}

function checked(from: Cut, ranges: Ranges): Cut {
  for (const [name, offset] of from) {
    const range = ranges.get(name)
    if (range === undefined) {
      throw new LyrebirdError('usage', `--from names ${name}, which the job does not read`, {
        hint: `partitions are ${[...ranges.keys()].slice(0, 20).join(', ')}`,
      })
    }
    const { topic, partition, start, end } = range
    const where = { topic, partition, offset: String(offset) }
    if (offset < start) {
      throw new LyrebirdError('range-lost', `${name} begins at offset ${start}; --from asks for ${offset}`, {
        where,
        hint: `write --from ${name}:${start}, or leave the partition out`,
      })
    }
    if (offset > end) {
      throw new LyrebirdError('usage', `${name} ends at offset ${end}; --from asks for ${offset}`, {
        where,
        hint: `write --from ${name}:${end} for what comes from now on`,
      })
    }
  }
  return from
}

/** The first offset whose record is not before a time; the end where there is none. */
async function offsetOf(log: Log, range: PartitionRange, time: number): Promise<bigint> {
  const { topic, partition, start, end } = range
  const abilities = await log.abilities(topic)
  if (!abilities.timestamps) {
    throw new LyrebirdError('usage', `records of ${topic} have no timestamps in this log: --from cannot be a time`, {
      where: { topic },
      hint: `give offsets: --from ${partitionName(topic, partition)}:${start}`,
    })
  }
  const listed = await log.offsetFrom?.(topic, partition, time)
  if (listed !== undefined) return within(listed, range)
  for await (const chunk of log.read(topic, partition, start, end)) {
    for (let i = 0; i < chunk.count; i++) if ((chunk.timestamps?.[i] as number) >= time) return offsetAt(chunk, i)
  }
  return end
}

/** An offset that is there, or the nearest one. */
function within(offset: bigint, { start, end }: PartitionRange): bigint {
  if (offset < start) return start
  if (offset < end) return offset
  return end
}
