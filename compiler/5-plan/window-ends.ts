// Where windows of two kinds end at one instant.
//
// Promises: exact for windows of one length; of calendar windows the years from 2026 to 2030 are looked at. A session
// may end at any time.

import type { WindowSpec } from '../../core/plan/plan.ts'
import { calendar } from '../../core/time/calendar.ts'

const FROM = Date.UTC(2026, 0, 1)
const TO = Date.UTC(2031, 0, 1)

/** Ends at `offset` and every `period` ms from there. */
interface Grid {
  readonly period: number
  readonly offset: number
}

/**
 * The first instant from 2026 on at which a window of each kind has its last millisecond, as text; `any` where a
 * session may meet any end; null where there is none.
 */
export function commonEnd(left: WindowSpec, right: WindowSpec): string | 'any' | null {
  if (left.kind === 'global' || right.kind === 'global') return null
  if (left.kind === 'session' || right.kind === 'session') return 'any'
  const end = meet(left, right)
  return end === null ? null : new Date(end - 1).toISOString()
}

type Framed = Exclude<WindowSpec, { kind: 'global' | 'session' }>

function meet(left: Framed, right: Framed): number | null {
  if (left.kind === 'calendar') {
    const isEnd = right.kind === 'calendar' ? among(calendarEnds(right)) : onGrid(gridOf(right))
    return calendarEnds(left).find(isEnd) ?? null
  }
  if (right.kind === 'calendar') return calendarEnds(right).find(onGrid(gridOf(left))) ?? null
  return meetingOf(gridOf(left), gridOf(right))
}

function gridOf(window: Exclude<Framed, { kind: 'calendar' }>): Grid {
  const period = window.kind === 'hopping' ? window.everyMs : window.sizeMs
  return { period, offset: modulo(window.offsetMs + window.sizeMs, period) }
}

const modulo = (n: number, period: number): number => ((n % period) + period) % period
const onGrid =
  ({ period, offset }: Grid) =>
  (time: number): boolean =>
    modulo(time - offset, period) === 0

function among(times: readonly number[]): (time: number) => boolean {
  const known = new Set(times)
  return time => known.has(time)
}

function calendarEnds({ unit, tz }: Extract<WindowSpec, { kind: 'calendar' }>): readonly number[] {
  const { windowAt } = calendar(unit, tz)
  const ends: number[] = []
  for (let end = windowAt(FROM).end; end < TO; end = windowAt(end).end) ends.push(end)
  return ends
}

/** By the Chinese remainder theorem, in integers of any size. */
function meetingOf(left: Grid, right: Grid): number | null {
  const [p, q] = [BigInt(left.period), BigInt(right.period)]
  const { divisor, factor } = bezout(p, q)
  const apart = BigInt(right.offset) - BigInt(left.offset)
  if (apart % divisor !== 0n) return null
  const every = (p / divisor) * q
  const first = BigInt(left.offset) + p * ((apart / divisor) * factor)
  const from = BigInt(FROM) + 1n
  return Number(from + ((((first - from) % every) + every) % every))
}

/** The greatest common divisor, and x of `divisor = p x + q y`. */
function bezout(p: bigint, q: bigint): { readonly divisor: bigint; readonly factor: bigint } {
  let [a, b, x, next] = [p, q, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, next] = [next, x - quotient * next]
  }
  return { divisor: a, factor: x }
}

/** In the words of messages: `windows of 1h`. */
export function windowName(window: WindowSpec): string {
  switch (window.kind) {
    case 'global':
      return 'all time'
    case 'session':
      return `sessions with a gap of ${lengthText(window.gapMs)}`
    case 'calendar':
      return `each ${window.unit} of ${window.tz}`
    default:
      return `windows of ${lengthText(window.sizeMs)}`
  }
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
]

function lengthText(ms: number): string {
  const unit = UNITS.find(([, length]) => ms % length === 0)
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`
}
