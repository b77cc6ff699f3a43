// The api of emitted code: every check of what an author's lambda gave, bound to the reporter.
//
// Promises: the same refusals, in the same order and with the same words, as `core/reference` (lambda-runner.ts,
// steps/lists.ts, operators/aggregate.ts).
// Not here: bytes to values (`core/scan`), and the fast paths before these checks (emitted code).

import { mustNotEndRun } from '../errors.ts'
import type { DecodeProgram } from '../kernel/decode/program.ts'
import { RecordColumns } from '../kernel/decode/record-columns.ts'
import type { OwnKernel } from '../kernel/kernel-over.ts'
import type { Chunk } from '../log/chunk.ts'
import { inputFault, isThenable, REASON, resultList, timeFault, unencodableReason } from '../result/refusals.ts'
import { SCAN } from '../scan/scan.ts'
import { calendar } from '../time/calendar.ts'
import type { CalendarUnit } from '../time/civil-days.ts'
import { normalise, Unencodable } from '../values/canonical.ts'
import { FAIL, type Lineage, LineagePath, type Reporter, type RuntimeApi } from './emitted-module.ts'
import { timestampAt } from './event-record.ts'
import { snapshotIndex } from './snapshot-index.ts'

interface RuntimeOptions {
  /** Asked for where a source is read by the kernel. */
  readonly kernel: () => OwnKernel
  /** Whether every lambda is to be called (`RuntimeApi.plain`). */
  readonly callsAll: boolean
}

export function makeRuntimeApi(report: Reporter, { kernel, callsAll }: RuntimeOptions): RuntimeApi {
  const { isPromise, list, encodable, numeric } = refusals(report)
  return Object.freeze({
    FAIL,
    LineagePath,
    plain: !callsAll,
    scan: SCAN,
    recordColumns(program: DecodeProgram): RecordColumns {
      const own = kernel()
      return new RecordColumns(own.memory, own.kernel, program)
    },
    time(node: string, i: number, value: unknown, fromLog: boolean): number {
      if (timeFault(value) === null) return (value as number) + 0
      if (fromLog && Number.isNaN(value)) report.noTimestamp(node, i)
      else report.badTime(node, i, value)
      return Number.NaN
    },
    timestamp: (chunk: Chunk, i: number): number => timestampAt(chunk, i),
    isTime: (value: number): boolean => timeFault(value) === null,
    windowStart,
    calendar: calendarStart,
    isPromise,
    key: (node: string, lineage: Lineage, value: unknown): unknown => {
      if (typeof value === 'string') return value
      return isPromise(node, lineage, value) ? FAIL : encodable(node, lineage, 'key', value)
    },
    deletedKey(node: string, i: number, time: number, lambda: ((record: unknown) => unknown) | null): unknown {
      if (!report.carriesKeys) return FAIL
      try {
        const record = report.record(i, time, null, false) as { readonly key: unknown }
        const key = lambda === null ? record.key : lambda(record)
        return isThenable(key) ? FAIL : normalise(key)
      } catch (error) {
        mustNotEndRun(node, error)
        return FAIL
      }
    },
    list: (node: string, lineage: Lineage, value: unknown) => list(node, lineage, value, REASON.notIterable),
    keys(node: string, lineage: Lineage, value: unknown): readonly unknown[] | typeof FAIL {
      const given = list(node, lineage, value, REASON.notKeys)
      if (given === FAIL) return FAIL
      const keys: unknown[] = []
      for (let i = 0; i < given.length; i++) {
        const key = encodable(node, lineage, 'key', given[i])
        if (key === FAIL) return FAIL
        keys.push(key)
      }
      return keys
    },
    numeric: (node: string, lineage: Lineage, value: unknown, field: string) =>
      numeric(node, lineage, 'numeric', value, field),
    bounded: (node: string, lineage: Lineage, value: unknown, field: string) =>
      numeric(node, lineage, 'bounded', value, field),
    snapshot: snapshotIndex,
    input(node: string, lineage: Lineage, value: unknown, field: string): unknown {
      if (typeof value === 'string') return value
      return isPromise(node, lineage, value, field) ? FAIL : encodable(node, lineage, 'value', value, field)
    },
  })
}

/** Checks that report a value that cannot be used, and then give FAIL, or true. */
function refusals(report: Reporter) {
  const isPromise = (node: string, lineage: Lineage, value: unknown, field?: string): boolean => {
    if (!isThenable(value)) return false
    report.badValue(node, lineage, REASON.promise, field)
    return true
  }
  const list = (node: string, lineage: Lineage, value: unknown, reason: string): readonly unknown[] | typeof FAIL => {
    if (isPromise(node, lineage, value)) return FAIL
    try {
      const results = resultList(value)
      if (results !== null) return results
      report.badValue(node, lineage, reason)
    } catch (error) {
      report.threw(node, lineage, error)
    }
    return FAIL
  }
  const encodable = (
    node: string,
    lineage: Lineage,
    part: 'key' | 'value',
    value: unknown,
    field?: string,
  ): unknown => {
    try {
      return normalise(value)
    } catch (error) {
      if (error instanceof Unencodable) report.badValue(node, lineage, unencodableReason(part, error.reason), field)
      else report.threw(node, lineage, error, field)
      return FAIL
    }
  }
  const numeric = (
    node: string,
    lineage: Lineage,
    takes: 'numeric' | 'bounded',
    value: unknown,
    field: string,
  ): number | bigint | typeof FAIL => {
    if (isPromise(node, lineage, value, field)) return FAIL
    const reason = inputFault(takes, value)
    if (reason === null) return value as number | bigint
    report.badValue(node, lineage, reason, field)
    return FAIL
  }
  return { isPromise, list, encodable, numeric }
}

/**
 * Greatest `offset + n * every` at or before the time. Remainders of doubles are exact, and both operands of the one
 * subtraction are smaller than `every`, so nothing is rounded.
 */
function windowStart(time: number, every: number, offset: number): number {
  const past = ((time % every) - (offset % every)) % every
  return time - (past < 0 ? past + every : past)
}

function calendarStart(unit: CalendarUnit, tz: string): (time: number) => number {
  const { windowAt } = calendar(unit, tz)
  return time => windowAt(time).start
}
