// `Intl` for explicit locales and zones: what it gives then follows from its arguments and the version of ICU alone.
//
// Promises: a formatter without a locale that ICU knows, or a date format without a zone, is that of en-US and UTC: it
// can be made and asked for its options, and while modules are loaded it formats; in a lambda its use is closed, and so
// is the text of the present time. `used` says whether ICU gave anything that follows from its data, a text or the
// options of an explicit formatter: then results depend on its version. The options of an implicit one do not.

import { forbid, forbidden } from './forbidden.ts'
import { LOAD_TIME, type Phase } from './phase.ts'

const WORD = 'locale-in-lambda'
const LOCALE = 'en-US'
const ZONE = 'UTC'

/** Functions of `Intl` that give what ICU knows. */
const LISTS = ['getCanonicalLocales', 'supportedValuesOf']

const FORMATTERS = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'DurationFormat',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
]

export type Locales = Intl.LocalesArgument

interface Options {
  readonly timeZone?: string | undefined
}

interface Constructor {
  new (...given: unknown[]): object
  readonly prototype: object
  supportedLocalesOf: (locales: Locales) => string[]
}

export interface ClosedIntl {
  /** The object `Intl`; private, so that it may be written to. */
  readonly object: object
  /** True once ICU gave something that follows from its data. */
  used(): boolean
  /** Runs a method of dates that takes locales and options, named `name`, under the conditions of a date format. */
  dateText<O extends Options>(
    name: string,
    locales: Locales,
    options: O | undefined,
    text: (locales: Locales, options: O) => string,
  ): string
}

export function closedIntl(phase: Phase): ClosedIntl {
  const use: Use = { phase, implicit: new WeakSet(), asked: false }
  const host = Intl as unknown as Readonly<Record<string, unknown>>
  const object: object = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(Intl))
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(object, name, { value, writable: true, configurable: true })
  }
  for (const name of FORMATTERS.filter(known => host[known] !== undefined))
    define(name, closedFormatter(name, host[name] as Constructor, use))
  for (const name of LISTS) define(name, noted(host[name] as Method, use))
  define('Locale', notedLocale(use))
  return {
    object,
    used: () => use.asked,
    dateText(name, locales, options, text) {
      const given = explicit('DateTimeFormat', Intl.DateTimeFormat as unknown as Constructor, locales, options)
      if (given.implicit && !phase.loading) return forbid(WORD, name)
      use.asked = true
      return text(given.locales, given.options as never)
    },
  }
}

interface Use {
  readonly phase: Phase
  /** Formatters that were made without a locale or a zone. */
  readonly implicit: WeakSet<object>
  asked: boolean
}

interface Given {
  readonly locales: Locales
  readonly options: Options | undefined
  readonly implicit: boolean
}

/** The arguments of a formatter, with the defaults written out. */
function explicit(name: string, host: Constructor, locales: Locales, options: Options | undefined): Given {
  const hasLocale = locales !== undefined && host.supportedLocalesOf(locales).length > 0
  const needsZone = name === 'DateTimeFormat' && options?.timeZone === undefined
  return {
    locales: hasLocale ? locales : LOCALE,
    options: needsZone ? { ...options, timeZone: ZONE } : options,
    implicit: !hasLocale || needsZone,
  }
}

function closedFormatter(name: string, host: Constructor, use: Use): unknown {
  function Closed(locales?: Locales, options?: Options): object {
    const given = explicit(name, host, locales, options)
    // Whether a zone exists follows from the data of ICU.
    if (name === 'DateTimeFormat' && ![undefined, ZONE].includes(options?.timeZone)) use.asked = true
    const made = Reflect.construct(host, [given.locales, given.options], new.target ?? Closed)
    if (given.implicit) use.implicit.add(made)
    return made
  }
  Closed.supportedLocalesOf = noted(host.supportedLocalesOf as Method, use)
  Closed.prototype = Object.create(host.prototype, {
    constructor: { value: Closed, writable: true, configurable: true },
    ...closedMembers(name, host.prototype, use),
  })
  Object.defineProperty(Closed, 'name', { value: name, configurable: true })
  return Closed
}

/** Everything that formats, with the test before it. */
function closedMembers(name: string, prototype: object, use: Use): PropertyDescriptorMap {
  const found: PropertyDescriptorMap = {}
  for (const [member, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (member === 'constructor') continue
    const check = (formatter: object): void => {
      const implicit = use.implicit.has(formatter)
      if (member === 'resolvedOptions') {
        if (!implicit) use.asked = true
        return
      }
      use.asked = true
      if (implicit && !use.phase.loading) forbid(WORD, `Intl.${name}.${member} without locale or zone`)
    }
    const withTime = name === 'DateTimeFormat' && TIMED.has(member) ? presentTime(member, use) : undefined
    if (typeof value === 'function') {
      found[member] = { value: checked(value, check, withTime), writable: true, configurable: true }
    } else if (get !== undefined) {
      found[member] = {
        configurable: true,
        // `format` and `compare` are functions bound to their formatter.
        get(this: object) {
          const bound = get.call(this) as (...given: unknown[]) => unknown
          const call = checked(bound, () => check(this), withTime)
          return (...given: unknown[]) => call.apply(this, given)
        },
      }
    }
  }
  return found
}

type Method = (this: object, ...given: unknown[]) => unknown

function noted(method: Method, use: Use): Method {
  return function (this: object, ...given: unknown[]): unknown {
    use.asked = true
    return Reflect.apply(method, this, given)
  }
}

/** A locale knows no default, but its canonical form and all that it tells is data of ICU. */
function notedLocale(use: Use): unknown {
  return class Locale extends Intl.Locale {
    constructor(...given: ConstructorParameters<typeof Intl.Locale>) {
      use.asked = true
      super(...given)
    }
  }
}

/** `withTime` stands in where a date format got no time. */
function checked(
  method: Method,
  check: (formatter: object) => void,
  withTime?: (format: (time: number) => unknown) => unknown,
): Method {
  return function (this: object, ...given: unknown[]): unknown {
    check(this)
    if (withTime === undefined || given[0] !== undefined) return Reflect.apply(method, this, given)
    return withTime(time => Reflect.apply(method, this, [time]))
  }
}

/** Methods that take a missing time for the present one. */
const TIMED: ReadonlySet<string> = new Set(['format', 'formatToParts'])

/**
 * The text of the present time: a fixed one while modules are loaded. In a lambda any use of it is forbidden, but not
 * asking for it, since libraries find out so whether a zone exists.
 */
function presentTime(member: string, { phase }: Use): (format: (time: number) => unknown) => unknown {
  const name = `Intl.DateTimeFormat.${member}()`
  return format => {
    const text = format(LOAD_TIME)
    return phase.loading ? text : forbidden('clock-in-lambda', name)
  }
}
