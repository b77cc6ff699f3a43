// Values of options as text: numbers, durations, cuts. The same on the command line and for emitted modules.
//
// Promises: what is malformed is a usage error that says what to write.

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import { type Cut, parseCut } from '../../core/log/cut.ts'
import type { TopicOptions } from '../../sinks/sink.ts'
import type { From } from '../reading/beginnings.ts'

/** Throws `usage` unless the text is a whole number in the range. */
export function numberOf(
  text: string | undefined,
  flag: string,
  least: number,
  most = 999_999_999,
): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new LyrebirdError(
    'usage',
    `--${flag} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`,
  )
}

const UNIT_BYTES: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }

/** Bytes of `512MB`, `2GB`; units are powers of 1024. At least 16 MB. Throws `usage`. */
export function sizeOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const parts = /^(\d{1,9})([KMG])i?B?$/i.exec(text)
  const bytes = parts === null ? Number.NaN : Number(parts[1]) * (UNIT_BYTES[`${parts[2]?.toUpperCase()}B`] as number)
  if (bytes >= 16 * 2 ** 20) return bytes
  throw new LyrebirdError('usage', `--${flag} takes a size of at least 16MB, not ${JSON.stringify(text)}`, {
    hint: 'write a whole number and a unit: 512MB, 4GB',
  })
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** ms of a text such as `500ms` or `10s`; null for any other one. */
export function durationMs(text: string): number | null {
  const parts = /^(\d{1,9})(ms|s|m|h)$/.exec(text)
  return parts === null ? null : Number(parts[1]) * (UNIT_MS[parts[2] as string] as number)
}

/** Milliseconds of `500ms`, `10s`, `5m`, `1h`. Throws `usage`. */
export function durationOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const ms = durationMs(text)
  if (ms !== null) return ms
  throw new LyrebirdError('usage', `--${flag} takes a duration, not ${JSON.stringify(text)}`, {
    hint: 'write a whole number and a unit: 500ms, 10s, 5m, 1h',
  })
}

/** Less would fill the log: each is a record. */
const LEAST_TICKS_MS = 1000

/** After how many ms without a record a partition gets ticks. Throws `usage`. */
export function ticksOf(text: string | undefined, until: unknown): number | undefined {
  const ms = durationOf(text, 'ticks')
  if (ms === undefined) return undefined
  if (until !== undefined) {
    throw new LyrebirdError('usage', '--ticks is for a run that follows its log: this one ends at --until', {
      hint: 'leave one of the two out; lyrebird tick writes single ticks',
    })
  }
  if (ms >= LEAST_TICKS_MS) return ms
  throw new LyrebirdError('usage', `--ticks takes at least 1s, not ${text}`, { hint: 'write --ticks 1m' })
}

/** A number of replicas. Throws `usage`. */
function replicasOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new LyrebirdError('usage', `--${flag} takes a number of replicas, not ${JSON.stringify(text)}`, {
    hint: `write --${flag} 3`,
  })
}

function compressionOf(text: string | undefined): TopicOptions['compression'] {
  if (text === undefined || text === 'none' || text === 'lz4') return text
  throw new LyrebirdError('usage', `--compression takes none or lz4, not ${JSON.stringify(text)}`)
}

interface TopicFlags {
  readonly replication?: string | undefined
  readonly minInsync?: string | undefined
  readonly compression?: string | undefined
  readonly republish?: boolean | undefined
}

/** How topics of a cluster are made and written. Throws `usage`. */
export function topicOptions({ replication, minInsync, compression, republish }: TopicFlags): TopicOptions {
  return {
    replication: replicasOf(replication, 'replication'),
    minInSync: replicasOf(minInsync, 'min-insync'),
    compression: compressionOf(compression),
    republish: republish === true,
  }
}

/** The times of a log's patience that `--give-up-after` sets. Throws `usage`. */
export function givenPatience(text: string | undefined): { readonly openMs?: number; readonly outageMs?: number } {
  const ms = durationOf(text, 'give-up-after')
  return ms === undefined ? {} : { openMs: ms, outageMs: ms }
}

/** `end`, a cut, or a file that holds one (as text, or as the JSON object that `query @cut` prints). */
export function readUntil(text: string): 'end' | Cut {
  if (text === 'end') return 'end'
  if (/^[^/]+\/\d+:\d+(,|$)/.test(text)) return parseCut(text)
  let content: string
  try {
    content = readFileSync(text, 'utf8').trim()
  } catch {
    return parseCut(text)
  }
  return parseCut(content.startsWith('{') ? cutOfJson(content) : content)
}

/** A time, or a cut as `readUntil` takes it. */
export function readFrom(text: string): From {
  if (/^-?\d{1,16}$/.test(text) || isIso(text)) return timeOf(text, 'from') as number
  const cut = readUntil(text)
  if (cut !== 'end') return cut
  throw new LyrebirdError('usage', '--from end is where nothing has been written yet', {
    hint: `write --from ${new Date().toISOString().slice(0, 19)}Z for records from now on, or a cut such as topic/0:1200`,
  })
}

/** Time in ms from digits or ISO 8601. */
export function timeOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  const value = isIso(text) ? Date.parse(text) : /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (Math.abs(value) <= 8.64e15) return value
  throw new LyrebirdError('usage', `--${flag} takes a time, not ${JSON.stringify(text)}`, {
    hint: 'write milliseconds, or ISO 8601 such as 2026-01-01T10:00:00Z',
  })
}

const isIso = (text: string): boolean => /^[+-]?\d{4,6}-\d\d-\d\d/.test(text)

function cutOfJson(content: string): string {
  try {
    return Object.entries(JSON.parse(content) as object)
      .map(([name, offset]) => `${name}:${offset}`)
      .join(',')
  } catch {
    return content
  }
}
