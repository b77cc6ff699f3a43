// `Date` without the clock: it parses, computes and prints given times; the present time is forbidden.

import { forbid } from './forbidden.ts'
import { isoTime } from './iso-time.ts'

const WORD = 'clock-in-lambda'

type DateArguments = [number, number, number?, number?, number?, number?, number?]

/** A constructor of its own, so that nothing leads from one of its objects back to the clock. */
export function closedDate(): DateConstructor {
  function ClosedDate(...given: unknown[]): Date {
    if (new.target === undefined) return forbid(WORD, 'Date()')
    if (given.length === 0) return forbid(WORD, 'new Date()')
    return Reflect.construct(Date, given, new.target) as Date
  }
  ClosedDate.prototype = Object.create(Date.prototype, {
    constructor: { value: ClosedDate, writable: true, configurable: true },
  })
  ClosedDate.parse = (text: unknown): number =>
    (typeof text === 'string' ? isoTime(text) : undefined) ?? Date.parse(text as string)
  ClosedDate.UTC = (...given: unknown[]): number => Date.UTC(...(given as DateArguments))
  ClosedDate.now = (): never => forbid(WORD, 'Date.now')
  Object.defineProperty(ClosedDate, 'name', { value: 'Date' })
  return Object.freeze(ClosedDate) as unknown as DateConstructor
}
