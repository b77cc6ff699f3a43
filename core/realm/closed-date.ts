// `Date` without the clock: it parses, computes and prints given times. The present time is a fixed one while modules
// are loaded, and closed from then on.

import type { ClosedIntl, Locales } from './closed-intl.ts'
import { forbid } from './forbidden.ts'
import { isoTime } from './iso-time.ts'
import { LOAD_TIME, type Phase } from './phase.ts'

const WORD = 'clock-in-lambda'

type DateArguments = [number, number, number?, number?, number?, number?, number?]

/** A constructor of its own, so that nothing leads from one of its objects back to the clock. */
export function closedDate(phase: Phase, intl: ClosedIntl): DateConstructor {
  const now = (name: string): number => (phase.loading ? LOAD_TIME : forbid(WORD, name))
  function ClosedDate(...given: unknown[]): Date | string {
    if (new.target === undefined) return new Date(now('Date()')).toString()
    if (given.length === 0) return Reflect.construct(Date, [now('new Date()')], new.target) as Date
    return Reflect.construct(Date, given, new.target) as Date
  }
  ClosedDate.prototype = Object.create(Date.prototype, {
    constructor: { value: ClosedDate, writable: true, configurable: true },
    ...localeMethods(intl),
  })
  ClosedDate.parse = (text: unknown): number =>
    (typeof text === 'string' ? isoTime(text) : undefined) ?? Date.parse(text as string)
  ClosedDate.UTC = (...given: unknown[]): number => Date.UTC(...(given as DateArguments))
  ClosedDate.now = (): number => now('Date.now')
  Object.defineProperties(ClosedDate, {
    name: { value: 'Date', configurable: true },
    // Dates that the host makes, such as by `structuredClone`, are dates too.
    [Symbol.hasInstance]: {
      value(this: unknown, value: unknown): boolean {
        const own = Function.prototype[Symbol.hasInstance].call(this as () => void, value)
        return own || (this === ClosedDate && value instanceof Date)
      },
    },
  })
  return ClosedDate as unknown as DateConstructor
}

/** `toLocaleString` and its kin are formatting by `Intl.DateTimeFormat`, under the same conditions. */
function localeMethods({ dateText }: ClosedIntl): PropertyDescriptorMap {
  const method = (name: 'toLocaleString' | 'toLocaleDateString' | 'toLocaleTimeString'): PropertyDescriptor => ({
    value(this: Date, locales?: Locales, options?: Intl.DateTimeFormatOptions): string {
      return dateText(`Date.prototype.${name}`, locales, options, (given, chosen) =>
        Date.prototype[name].call(this, given, chosen),
      )
    },
    writable: true,
    configurable: true,
  })
  return {
    toLocaleString: method('toLocaleString'),
    toLocaleDateString: method('toLocaleDateString'),
    toLocaleTimeString: method('toLocaleTimeString'),
  }
}
