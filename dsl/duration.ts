// Durations as literals: `'500ms' '30s' '5m' '1h' '7d'`.
//
// Promises: whole numbers only (`'90m'`, not `'1.5h'`), so that every duration is an exact count of milliseconds. A
// malformed one is a type error, and a `JobError` where types were not checked.

import { JobError } from '../core/plan/job-error.ts'

export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd'

/** A whole number with a unit: milliseconds, seconds, minutes, hours, days of 24 hours. */
export type Duration = `${bigint}${DurationUnit}`

const UNIT_MS: Readonly<Record<DurationUnit, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Longest duration in ms: the greatest event time, which is that of an ECMAScript `Date`. */
const LONGEST_MS = 8.64e15

/** Milliseconds of a duration. Throws a `JobError` `bad-duration` that names `what` and has the id of the call. */
export function durationMs(value: unknown, what: string, callId: number | null): number {
  const match = typeof value === 'string' ? /^(\d{1,16})(ms|s|m|h|d)$/.exec(value) : null
  if (match === null) {
    const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
    throw new JobError(
      'bad-duration',
      `${what} is ${shown}: write a whole number and a unit, such as ${EXAMPLES}.`,
      callId,
    )
  }
  const ms = Number(match[1]) * UNIT_MS[match[2] as DurationUnit]
  if (ms > LONGEST_MS) throw new JobError('bad-duration', `${what} is longer than 100 million days.`, callId)
  return ms
}

const EXAMPLES = "'500ms', '30s', '5m', '1h' or '7d'"
