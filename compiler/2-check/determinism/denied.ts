// What of the ECMAScript library and of the host a lambda may not use: one table by qualified name.
//
// Promises: of the library everything is allowed that is not named here; of the host nothing is allowed that is not
// named here.

import type { Message } from '../../diagnostic.ts'
import {
  approximateMath,
  asyncInLambda,
  clockInLambda,
  consoleInLambda,
  dynamicCode,
  environmentVariable,
  hostMemory,
  localeInLambda,
  localTime,
  outsideWorld,
  randomInLambda,
  sourceText,
  statefulRegexp,
  timerInLambda,
} from '../../messages/determinism.ts'

export type RuleMessage = (p: { readonly name: string }) => Message

/** Names of members, by the name of what holds them; `*` for all. Names of global variables are under ''. */
const STANDARD: readonly (readonly [string, string, RuleMessage])[] = [
  ['DateConstructor', 'now', clockInLambda],
  ['Now', '*', clockInLambda],
  ['Math', 'random', randomInLambda],
  [
    'Date',
    'getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getYear getTimezoneOffset setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setYear toString toDateString toTimeString',
    localTime,
  ],
  ['Date', 'toLocaleString toLocaleDateString toLocaleTimeString', localeInLambda],
  ['String', 'localeCompare toLocaleLowerCase toLocaleUpperCase', localeInLambda],
  ['Number', 'toLocaleString', localeInLambda],
  ['BigInt', 'toLocaleString', localeInLambda],
  ['Array', 'toLocaleString', localeInLambda],
  ['ReadonlyArray', 'toLocaleString', localeInLambda],
  ['Object', 'toLocaleString', localeInLambda],
  ...'Instant Duration PlainDate PlainTime PlainDateTime PlainYearMonth PlainMonthDay ZonedDateTime'
    .split(' ')
    .map(type => [type, 'toLocaleString', localeInLambda] as const),
  ['Intl', '*', localeInLambda],
  ['', 'Intl', localeInLambda],
  ['', 'Promise', asyncInLambda],
  ['Promise', '*', asyncInLambda],
  ['PromiseLike', '*', asyncInLambda],
  ['PromiseConstructor', '*', asyncInLambda],
  ['ArrayConstructor', 'fromAsync', asyncInLambda],
  ['', 'WeakRef FinalizationRegistry Atomics SharedArrayBuffer', hostMemory],
  ['Atomics', '*', hostMemory],
  ['WeakRef', '*', hostMemory],
  ['', 'eval Function globalThis Proxy', dynamicCode],
  ['Error', 'stack', sourceText],
  ['ErrorConstructor', 'captureStackTrace stackTraceLimit', sourceText],
  ['Function', 'toString name length', sourceText],
  [
    'Math',
    'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh',
    approximateMath,
  ],
  [
    'RegExpConstructor',
    '$1 $2 $3 $4 $5 $6 $7 $8 $9 $_ $& input lastMatch lastParen leftContext rightContext',
    statefulRegexp,
  ],
]

const HOST: readonly (readonly [string, string, RuleMessage])[] = [
  ['Performance', '*', clockInLambda],
  ['', 'performance', clockInLambda],
  ['', 'crypto', randomInLambda],
  ['Crypto', '*', randomInLambda],
  ['', 'setTimeout setInterval setImmediate queueMicrotask clearTimeout clearInterval clearImmediate', timerInLambda],
  ['Process', 'env', environmentVariable],
  ['Process', 'hrtime uptime', clockInLambda],
  ['Process', 'nextTick', timerInLambda],
  ['', 'require global', dynamicCode],
  ['', 'console', consoleInLambda],
]

/** Of the host, what depends on nothing but its arguments. */
const HARMLESS = new Set(['structuredClone', 'atob', 'btoa', 'TextEncoder', 'TextDecoder', 'URL', 'URLSearchParams'])

export function standardRule(qualified: string): RuleMessage | null {
  return lookUp(STANDARD_TABLE, qualified)
}

/** Members of any other holder have the diagnostic of their holder. */
export function hostRule(qualified: string): RuleMessage | null {
  const found = lookUp(HOST_TABLE, qualified)
  if (found !== null) return found
  const [holder, member] = split(qualified)
  if (holder === 'Process') return outsideWorld
  if (holder !== '' || HARMLESS.has(member)) return null
  return outsideWorld
}

function lookUp(table: ReadonlyMap<string, RuleMessage>, qualified: string): RuleMessage | null {
  const [holder] = split(qualified)
  return table.get(qualified.startsWith('.') ? qualified.slice(1) : qualified) ?? table.get(`${holder}.*`) ?? null
}

function split(qualified: string): readonly [string, string] {
  const dot = qualified.indexOf('.')
  return dot < 0 ? ['', qualified] : [qualified.slice(0, dot), qualified.slice(dot + 1)]
}

function tableOf(rows: readonly (readonly [string, string, RuleMessage])[]): ReadonlyMap<string, RuleMessage> {
  const entries = rows.flatMap(([holder, names, rule]) =>
    names.split(' ').map(name => [holder === '' ? name : `${holder}.${name}`, rule] as const),
  )
  return new Map(entries)
}

const STANDARD_TABLE = tableOf(STANDARD)
const HOST_TABLE = tableOf(HOST)
