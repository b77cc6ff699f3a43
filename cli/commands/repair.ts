// `lyrebird repair`: finds the published ends of a topic anew where their marks are damaged.

import { LyrebirdError } from '../../core/errors.ts'
import { type RepairedPartition, repairTopic } from '../../logs/embedded/repair.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly log?: string
  readonly json?: boolean
}

export async function repair(topic: string, flags: Flags, terminal: Terminal): Promise<void> {
  const directory = required(flags.log ?? (await readConfig()).log, 'log', 'DIR')
  if (/^kafka:/i.test(directory)) {
    throw new LyrebirdError('usage', 'repair is for topics of a log directory, not for Kafka', {
      hint: 'use --log DIR',
    })
  }
  const partitions = await repairTopic(directory, topic)
  if (flags.json === true) {
    await terminal.data(JSON.stringify({ topic, partitions: partitions.map(p => ({ ...p, end: String(p.end) })) }))
    return
  }
  for (const partition of partitions) terminal.talk(lineOf(topic, partition))
}

function lineOf(topic: string, { partition, repaired, end, cutOff }: RepairedPartition): string {
  const name = `${topic}/${partition}`
  if (!repaired) return `${name}: whole, nothing to do; it ends at ${end}`
  const behind = cutOff === 0 ? '' : `; ${cutOff} bytes behind it are no whole record, and the next append removes them`
  return `${name}: its mark is written anew; it ends at ${end}${behind}`
}
