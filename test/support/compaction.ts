// Compaction of random logs, as a broker's cleaner may do it.
//
// Promises: of the given topics any part of the records goes that a later one of the same key and partition has
// replaced, and now and then a record without value once nothing before it of its key is left, and ticks; never the
// last record of a partition, and none without a key.

import { TICK_HEADER } from '../../core/log/chunk.ts'
import type { InputRecord, ReferenceInput } from '../../core/reference/input.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import type { Pick } from './feeding.ts'

export function compactedLog(log: ReferenceInput, topics: ReadonlySet<string>, pick: Pick): ReferenceInput {
  return log.map(partition => {
    if (!topics.has(partition.topic)) return partition
    const thorough = pick(3) === 0
    const goes = (): boolean => thorough || pick(2) === 0
    const newest = new Map(partition.records.map(record => [keyOf(record), record]))
    const last = partition.records.at(-1)
    const live = partition.records.filter(
      record => record === last || record.key === null || newest.get(keyOf(record)) === record || !goes(),
    )
    const first = new Map([...live].reverse().map(record => [keyOf(record), record]))
    const dropped = (record: InputRecord): boolean =>
      record !== last &&
      record.value === null &&
      (isTick(record) || (record.key !== null && first.get(keyOf(record)) === record)) &&
      goes()
    return { ...partition, records: live.filter(record => !dropped(record)) }
  })
}

const keyOf = ({ key }: InputRecord): string => (key === null ? 'none' : bytesToHex(key))
const isTick = ({ headers }: InputRecord): boolean => headers.some(({ key }) => key === TICK_HEADER)
