// The closed realm: what the names of the host mean inside a compiled job.
//
// Promises: the clock, randomness, timers, files, network, the environment and the engine's internals cannot be reached
// by name; what only computes is unchanged. An emitted module passes these to the author's code as parameters, so they
// cost nothing.
// Not here: what can be reached without a name of the host (`Function` through a constructor, locale methods of
// strings), which `compiler/2-check` finds in the source.

import { closedDate } from './closed-date.ts'
import { forbid, forbidden } from './forbidden.ts'

/** Names of the host that a job must not use, by the word of the diagnostic. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  'clock-in-lambda': ['Performance', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'performance'],
  'random-in-lambda': ['crypto', 'Crypto', 'CryptoKey', 'SubtleCrypto'],
  'timer-in-lambda': [
    'clearImmediate',
    'clearInterval',
    'clearTimeout',
    'queueMicrotask',
    'setImmediate',
    'setInterval',
    'setTimeout',
  ],
  'locale-in-lambda': ['Intl'],
  'outside-world': [
    'AbortController',
    'AbortSignal',
    'Blob',
    'BroadcastChannel',
    'Buffer',
    'CompressionStream',
    'CustomEvent',
    'DecompressionStream',
    'Event',
    'EventSource',
    'EventTarget',
    'File',
    'FormData',
    'Headers',
    'MessageChannel',
    'MessageEvent',
    'MessagePort',
    'ReadableStream',
    'Request',
    'Response',
    'TransformStream',
    'WebAssembly',
    'WebSocket',
    'Worker',
    'WritableStream',
    'fetch',
    'navigator',
  ],
  'environment-variable': ['process'],
  'host-memory': ['Atomics', 'FinalizationRegistry', 'SharedArrayBuffer', 'WeakRef'],
}

/** Names for the host as a whole. */
const WHOLE = ['global', 'self', 'window', '__dirname', '__filename'] as const

const REPLACED = ['Date', 'Function', 'Math', 'console', 'globalThis'] as const

/** Every name that is a parameter of the author's code, sorted. */
export const REALM_NAMES: readonly string[] = Object.freeze(
  [...Object.values(FORBIDDEN).flat(), ...WHOLE, ...REPLACED].sort(),
)

/** What each name means. Made once for each module that is evaluated. */
export function closedRealm(): Readonly<Record<string, unknown>> {
  const realm: Record<string, unknown> = {}
  for (const [word, names] of Object.entries(FORBIDDEN)) for (const name of names) realm[name] = forbidden(word, name)
  for (const name of WHOLE) realm[name] = undefined
  realm.Date = closedDate()
  realm.Function = closedFunction()
  realm.Math = closedMath()
  realm.console = closedConsole()
  realm.globalThis = Object.freeze({ ...realm })
  return Object.freeze(realm)
}

/** `f instanceof Function` works; making functions from text does not. */
function closedFunction(): unknown {
  function ClosedFunction(): never {
    return forbid('dynamic-code', 'new Function')
  }
  ClosedFunction.prototype = Function.prototype
  return Object.freeze(ClosedFunction)
}

function closedMath(): unknown {
  const math = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(Math)) as Record<string, unknown>
  Object.defineProperty(math, 'random', { value: () => forbid('random-in-lambda', 'Math.random') })
  return Object.freeze(math)
}

/** Everything goes to stderr, so that a lambda never prints among data. */
function closedConsole(): unknown {
  const talk = (...given: unknown[]): void => console.error(...given)
  return Object.freeze({ debug: talk, error: talk, info: talk, log: talk, table: talk, trace: talk, warn: talk })
}
