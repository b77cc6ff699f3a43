// `lyrebird tick`: ticks into partitions of a log that get no records.

import { LyrebirdError } from '../../core/errors.ts'
import { isTimestamp } from '../../logs/append/record-fields.ts'
import type { Tick } from '../../logs/tick.ts'
import { writeTicks } from '../../logs/ticks.ts'
import { timeOf } from '../../run/command-line/option-values.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly at?: string
  readonly log?: string
  readonly json?: boolean
}

export async function tick(places: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const log = required(flags.log ?? (await readConfig()).log, 'log', 'LOG')
  const at = required(flags.at, 'at', '2026-01-01T10:00:00Z')
  const isNow = at === 'now'
  const time = isNow ? Date.now() : (timeOf(at, 'at') as number)
  if (!isTimestamp(time)) throw new LyrebirdError('usage', `${time} is no time for a tick: it says that there is none`)
  const ticks = places.map((place): Tick => ({ ...placeOf(place), time, isNow }))
  const written = await writeTicks(log, ticks)
  if (flags.json === true) {
    const rows = written.map(one => ({ ...one, offset: String(one.offset) }))
    await terminal.data(JSON.stringify({ ticks: rows }))
    return
  }
  for (const { topic, partition, offset } of written) {
    terminal.talk(`${topic}/${partition}:${offset}  tick at ${new Date(time).toISOString()}`)
  }
}

function placeOf(text: string): { topic: string; partition: number | null } {
  const parts = /^([^/:]+)(?:\/(\d{1,9}))?$/.exec(text)
  if (parts !== null) return { topic: parts[1] as string, partition: parts[2] === undefined ? null : Number(parts[2]) }
  throw new LyrebirdError('usage', `${JSON.stringify(text.slice(0, 80))} is no partition`, {
    hint: 'write TOPIC/PARTITION, such as orders/2, or TOPIC for all of its partitions',
  })
}
