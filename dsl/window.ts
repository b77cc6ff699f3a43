// Windows: which stretches of event time an aggregation answers for.
//
// Promises: half-open `[start, end)`, aligned to 1970-01-01T00:00Z plus the offset (semantics.md, 4). Leaves to the executors: when
// one is closed.

import type { WindowSpec } from '../core/plan.ts'
import { type Duration, type DurationUnit, durationMs } from './duration.ts'
import type { Mistake } from './mistake.ts'
import { Call } from './node.ts'

declare const WINDOW: unique symbol

/** Made by `tumbling()` and `hopping()`; given to `window()`. */
export interface Window {
  readonly [WINDOW]: true
}

const SPEC: unique symbol = Symbol.for('lyrebird.window') as never

export interface WindowOptions {
  /** Where windows begin, counted from 1970-01-01T00:00Z; less than the step. Default 0. */
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
 * Windows that overlap: of the length `size`, one beginning at every `every`. An element is in each that covers its time.
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

/** The plain data inside a window; null for anything else. */
export function windowSpec(value: unknown): WindowSpec | null {
  if (typeof value !== 'object' || value === null || !(SPEC in value)) return null
  return value[SPEC] as WindowSpec
}

function make(spec: WindowSpec): Window {
  return Object.freeze({ [SPEC]: Object.freeze(spec) }) as unknown as Window
}

function lengthOf(call: Call, value: unknown, what: string): number {
  const ms = durationMs(value, what, call.site)
  if (ms === 0) call.fail('bad-window', `${what} is 0: a window must have a length.`)
  return ms
}

function offsetOf(call: Call, value: unknown, stepMs: number, what: string): number {
  const { offset } = call.options(value, ['offset'], what)
  if (offset === undefined) return 0
  const ms = durationMs(offset, `the offset of ${what}`, call.site)
  if (ms >= stepMs) call.fail('bad-window', `the offset of ${what} is not less than its step: leave out whole steps.`)
  return ms
}

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

/** Types: the order of two whole numbers in digits. The first digit that differs decides, unless one is longer. */
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
