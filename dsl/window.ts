// Windows: the stretches of event time that an aggregation covers.
//
// Promises: half-open `[start, end)`, aligned to 1970-01-01T00:00Z plus the offset, to the calendar of a time zone, or
// around elements that are near each other (semantics.md 4.1). Not here: when a window is closed (`core/time`;
// sessions: `core/tables/row-place.ts`).

import { didYouMean } from '../core/did-you-mean.ts'
import type { WindowSpec } from '../core/plan/plan.ts'
import type { CalendarUnit } from '../core/time/civil-days.ts'
import { isZone, zoneNames } from '../core/time/zone-offset.ts'
import { type Duration, type DurationUnit, durationMs } from './duration.ts'
import type { Mistake } from './mistake.ts'
import { Call, wordFor } from './node.ts'

declare const WINDOW: unique symbol

/** Made by `tumbling()`, `hopping()`, `session()` and `calendar()`; given to `window()`. */
export interface Window {
  readonly [WINDOW]: true
}

const SPEC: unique symbol = Symbol.for('lyrebird.window') as never

/** Options of `tumbling()` and `hopping()`. */
export interface WindowOptions {
  /**
   * Where windows begin, counted from 1970-01-01T00:00Z. Less than the size, or than the step of hopping windows.
   * Default 0.
   */
  readonly offset?: Duration
}

/**
 * Windows that follow each other: every element is in exactly one.
 *
 *     stream.keyBy(v => v.country).window(tumbling('1h')).count()
 */
export function tumbling<Size extends Duration>(size: Size & Lasting<Size>, options?: WindowOptions): Window
export function tumbling(...given: unknown[]): Window {
  const call: Call = new Call(given)
  const sizeMs = lengthOf(call, call.args[0], 'the size of tumbling()')
  return make({ kind: 'tumbling', sizeMs, offsetMs: offsetOf(call, call.args[1], sizeMs, 'tumbling()') })
}

/**
 * Windows that overlap: of the length `size`, with one beginning every `every`, which is at most `size`. An element is
 * in each window that covers its time.
 *
 *     stream.keyBy(v => v.sensor).window(hopping('1h', '5m')).mean(v => v.celsius)
 */
export function hopping<Size extends Duration, Every extends Duration>(
  size: Size & Lasting<Size>,
  every: Every & Lasting<Every> & NoFurther<Size, Every>,
  options?: WindowOptions,
): Window
export function hopping(...given: unknown[]): Window {
  const call: Call = new Call(given)
  const sizeMs = lengthOf(call, call.args[0], 'the size of hopping()')
  const everyMs = lengthOf(call, call.args[1], 'the step of hopping()')
  if (everyMs > sizeMs) {
    call.fail(
      'bad-window',
      `hopping('${call.args[0]}', '${call.args[1]}') hops further than its windows are long, so that elements between them would be lost.`,
    )
  }
  return make({ kind: 'hopping', sizeMs, everyMs, offsetMs: offsetOf(call, call.args[2], everyMs, 'hopping()') })
}

/**
 * Windows around elements that are near each other: a session ends where its key has no element for longer than the
 * gap. Two neighbours exactly the gap apart are in one session.
 *
 *     stream.keyBy(v => v.user).window(session('30m')).count()
 */
export function session<Gap extends Duration>(gap: Gap & Gapped<Gap>): Window
export function session(...given: unknown[]): Window {
  const call: Call = new Call(given)
  return make({ kind: 'session', gapMs: lengthOf(call, call.args[0], 'the gap of session()') })
}

/** Options of `calendar()`. */
export interface CalendarOptions {
  /** A time zone of the tz database: `Europe/Berlin`, `UTC`. */
  readonly tz: string
}

/**
 * Days, weeks (from Monday, ISO 8601) or months of a time zone. Where its clocks change, a day has 23 or 25 hours, and
 * a date that does not occur there has no window.
 *
 *     stream.keyBy(v => v.shop).window(calendar('day', { tz: 'Europe/Berlin' })).sum(v => v.price)
 */
export function calendar<Unit extends string>(
  unit: (Unit | CalendarUnit) & Known<Unit>,
  options: CalendarOptions,
): Window
export function calendar(...given: unknown[]): Window {
  const call: Call = new Call(given)
  const [unit, options] = call.args
  if (!isUnit(unit))
    call.fail('bad-window', `the windows of calendar() are 'day', 'week' or 'month', got ${wordFor(unit)}.`)
  const { tz } = call.options(options, ['tz'], 'calendar()')
  if (typeof tz !== 'string') {
    call.fail('bad-window', `calendar() needs a time zone: calendar('${unit}', { tz: 'Europe/Berlin' }).`)
  }
  if (!isZone(tz)) call.fail('bad-window', unknownZone(tz))
  return make({ kind: 'calendar', unit, tz })
}

/** The plain data inside a window; null for anything else. */
export function windowSpec(value: unknown): WindowSpec | null {
  if (typeof value !== 'object' || value === null || !(SPEC in value)) return null
  return value[SPEC] as WindowSpec
}

function make(spec: WindowSpec): Window {
  return Object.freeze({ [SPEC]: Object.freeze(spec) }) as unknown as Window
}

function lengthOf(call: Call, value: unknown, what: string): number {
  const ms = durationMs(value, what, call.callId)
  if (ms === 0) call.fail('bad-window', `${what} is 0: a window must have a length.`)
  return ms
}

function offsetOf(call: Call, value: unknown, stepMs: number, what: string): number {
  const { offset } = call.options(value, ['offset'], what)
  if (offset === undefined) return 0
  const ms = durationMs(offset, `the offset of ${what}`, call.callId)
  if (ms >= stepMs) call.fail('bad-window', `the offset of ${what} is not less than its step: leave out whole steps.`)
  return ms
}

const isUnit = (value: unknown): value is CalendarUnit => value === 'day' || value === 'week' || value === 'month'

function unknownZone(tz: string): string {
  const near = didYouMean(tz, [...zoneNames(), 'UTC'])
  const instead = near === null ? 'Write a name of the tz database, such as Europe/Berlin.' : `Is it "${near}"?`
  return `${wordFor(tz)} is no time zone that this engine knows. ${instead}`
}

/** Types: a literal gap that is not zero and not negative. */
type Gapped<D extends string> = D extends `0${DurationUnit}` | `-${string}`
  ? Mistake<'A session needs a gap: write a duration such as 30s or 30m.'>
  : unknown

/** Types: a unit of the calendar. */
type Known<Unit extends string> = Unit extends CalendarUnit
  ? unknown
  : Mistake<'The windows of calendar() are day, week or month.'>

/** Types: a literal duration that is not zero and not negative. */
type Lasting<D extends string> = D extends `0${DurationUnit}` | `-${string}`
  ? Mistake<'A window must have a length: write a duration such as 5m or 1h.'>
  : unknown

/** Types: literals of one unit are compared; the others are compared when the job is evaluated. */
type NoFurther<Size extends string, Every extends string> = [UnitOf<Size>] extends [UnitOf<Every>]
  ? Compare<NumberOf<Every>, NumberOf<Size>> extends '>'
    ? Mistake<'A window must not hop further than it is long: elements between the windows would be lost.'>
    : unknown
  : unknown

type UnitOf<D extends string> = D extends `${string}ms`
  ? 'ms'
  : { [U in Exclude<DurationUnit, 'ms'>]: D extends `${string}${U}` ? U : never }[Exclude<DurationUnit, 'ms'>]
type NumberOf<D extends string> = D extends `${infer N}${UnitOf<D>}` ? N : never

/**
 * Types: the order of two whole numbers in digits: the longer one is greater, else the first digit that differs
 * decides.
 */
type Compare<A extends string, B extends string, SoFar = '='> = A extends `${infer X}${infer RestA}`
  ? B extends `${infer Y}${infer RestB}`
    ? Compare<RestA, RestB, SoFar extends '=' ? CompareDigit<X, Y> : SoFar>
    : '>'
  : B extends ''
    ? SoFar
    : '<'

type CompareDigit<X extends string, Y extends string> = X extends Y
  ? '='
  : '0123456789' extends `${string}${X}${string}${Y}${string}`
    ? '<'
    : '>'
