// The kit of emitted code: every check of what an author's lambda gave, bound to the reporter.
//
// Promises: the same refusals, in the same order and with the same words, as `core/reference` (trial.ts, steps.ts,
// aggregate.ts).
// Leaves to `core/scan`: bytes to values; to emitted code: the fast paths in front of these.

import { calendar } from '../calendar/calendar.ts'
import type { CalendarUnit } from '../calendar/civil-days.ts'
import { normalise, Unencodable } from '../canonical.ts'
import type { Chunk } from '../chunk.ts'
import { inputFault, isThenable, REASON, resultList, timeFault, unencodableReason } from '../dead-letter.ts'
import { SCAN } from '../scan/scan.ts'
import { FAIL, type Kit, type Origin, PathOrigin, type Reporter } from './contract.ts'
import { timestampAt } from './event-record.ts'
import { snapshotIndex } from './snapshot-index.ts'

export function makeKit(report: Reporter): Kit {
  const { isPromise, list, encodable, numeric } = refusals(report)
  return Object.freeze({
    FAIL,
    PathOrigin,
    scan: SCAN,
    time(node: string, i: number, value: unknown): number {
      if (timeFault(value) === null) return (value as number) + 0
      report.badTime(node, i, value)
      return Number.NaN
    },
    timestamp: (chunk: Chunk, i: number): number => timestampAt(chunk, i),
    isTime: (value: number): boolean => timeFault(value) === null,
    windowStart,
    calendar: calendarStart,
    isPromise,
    key: (node: string, origin: Origin, value: unknown): unknown => {
      if (typeof value === 'string') return value
      return isPromise(node, origin, value) ? FAIL : encodable(node, origin, 'key', value)
    },
    list: (node: string, origin: Origin, value: unknown) => list(node, origin, value, REASON.notIterable),
    keys(node: string, origin: Origin, value: unknown): readonly unknown[] | typeof FAIL {
      const given = list(node, origin, value, REASON.notKeys)
      if (given === FAIL) return FAIL
      const keys: unknown[] = []
      for (let i = 0; i < given.length; i++) {
        const key = encodable(node, origin, 'key', given[i])
        if (key === FAIL) return FAIL
        keys.push(key)
      }
      return keys
    },
    numeric: (node: string, origin: Origin, value: unknown, field: string) =>
      numeric(node, origin, 'numeric', value, field),
    bounded: (node: string, origin: Origin, value: unknown, field: string) =>
      numeric(node, origin, 'bounded', value, field),
    snapshot: snapshotIndex,
    input(node: string, origin: Origin, value: unknown, field: string): unknown {
      if (typeof value === 'string') return value
      return isPromise(node, origin, value, field) ? FAIL : encodable(node, origin, 'value', value, field)
    },
  })
}

/** What the reporter is told of a value that cannot be used; each gives FAIL, or true, then. */
function refusals(report: Reporter) {
  const isPromise = (node: string, origin: Origin, value: unknown, field?: string): boolean => {
    if (!isThenable(value)) return false
    report.badValue(node, origin, REASON.promise, field)
    return true
  }
  const list = (node: string, origin: Origin, value: unknown, reason: string): readonly unknown[] | typeof FAIL => {
    if (isPromise(node, origin, value)) return FAIL
    try {
      const results = resultList(value)
      if (results !== null) return results
      report.badValue(node, origin, reason)
    } catch (error) {
      report.threw(node, origin, error)
    }
    return FAIL
  }
  const encodable = (node: string, origin: Origin, part: 'key' | 'value', value: unknown, field?: string): unknown => {
    try {
      return normalise(value)
    } catch (error) {
      if (error instanceof Unencodable) report.badValue(node, origin, unencodableReason(part, error.reason), field)
      else report.threw(node, origin, error, field)
      return FAIL
    }
  }
  const numeric = (
    node: string,
    origin: Origin,
    takes: 'numeric' | 'bounded',
    value: unknown,
    field: string,
  ): number | bigint | typeof FAIL => {
    if (isPromise(node, origin, value, field)) return FAIL
    const reason = inputFault(takes, value)
    if (reason === null) return value as number | bigint
    report.badValue(node, origin, reason, field)
    return FAIL
  }
  return { isPromise, list, encodable, numeric }
}

/**
 * Greatest `offset + n * every` at or before the time. Remainders of doubles are exact, and both operands of the one
 * subtraction are smaller than `every`, so nothing is rounded.
 */
export function windowStart(time: number, every: number, offset: number): number {
  const past = ((time % every) - (offset % every)) % every
  return time - (past < 0 ? past + every : past)
}

function calendarStart(unit: CalendarUnit, tz: string): (time: number) => number {
  const { windowAt } = calendar(unit, tz)
  return time => windowAt(time).start
}
