// Feeding a machine with a group of partitions, one after the other.

import { splitPartition } from '../core/cut.ts'
import type { Machine } from '../core/execute/machine.ts'
import type { Log } from '../logs/log.ts'
import { ahead } from '../runtime-common/ahead.ts'
import type { Task } from './divide.ts'

/** `told` gets the number of records and offsets of each chunk. Spills groups where there are too many. */
export async function readGroup(
  log: Log,
  machine: Machine,
  tasks: readonly Task[],
  told: (records: number, offsets: number) => void,
): Promise<void> {
  for (const { name, from, to } of tasks) {
    const { topic, partition } = splitPartition(name)
    let at = from
    if (from === to) continue
    for await (const chunk of ahead(log.read(topic, partition, from, to))) {
      machine.feed(chunk)
      machine.relieve()
      told(chunk.count, Number(chunk.nextOffset - at))
      at = chunk.nextOffset
    }
  }
}
