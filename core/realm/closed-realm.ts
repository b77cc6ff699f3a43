// The closed realm: what the names of the host mean inside a compiled job.
//
// Promises: in a lambda the clock, randomness, timers, files, network, the environment and the engine's internals
// cannot be reached by name; what only computes is unchanged. While the job's modules are loaded the clock and
// randomness give fixed values and everything else of the host is absent, so that libraries load; what they keep of it
// is closed all the same. Writes to global objects stay in the realm. An emitted module passes these to the author's
// code as parameters, so they cost nothing.
// Not here: what can be reached without a name of the host (`Function` through a constructor, locale methods of
// strings), which `compiler/2-check` finds in the source.

import { LyrebirdError } from '../errors.ts'
import { closedBlob } from './closed-blob.ts'
import { closedDate } from './closed-date.ts'
import { closedFunction } from './closed-function.ts'
import { closedIntl } from './closed-intl.ts'
import { closedCrypto, closedMath, loadRandom } from './closed-math.ts'
import { forbid, forbidden, forbiddenClass, forbiddenLater } from './forbidden.ts'
import { HOST_NAMES, LANGUAGE_NAMES } from './global-names.ts'
import { hostModule } from './host-module.ts'
import { intrinsicsNow, restoreIntrinsics } from './intrinsics.ts'
import { LOAD_TIME, type Phase } from './phase.ts'

/** Names of the host that a job must not use, by the word of the diagnostic: absent while modules are loaded. */
const LATE: Readonly<Record<string, readonly string[]>> = {
  'clock-in-lambda': ['Performance', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'Temporal'],
  'random-in-lambda': ['Crypto', 'CryptoKey', 'SubtleCrypto'],
  'outside-world': [
    'BroadcastChannel',
    'Buffer',
    'CloseEvent',
    'EventSource',
    'MessageChannel',
    'MessageEvent',
    'MessagePort',
    'Navigator',
    'Storage',
    'WebAssembly',
    'WebSocket',
    'Worker',
    'fetch',
    'localStorage',
    'navigator',
    'sessionStorage',
  ],
  'environment-variable': ['process'],
  'host-memory': ['Atomics', 'FinalizationRegistry', 'SharedArrayBuffer', 'WeakRef'],
}

/** Classes of the host that libraries test for and extend, also in lambdas. */
const CLASSES = [
  'AbortController',
  'AbortSignal',
  'CompressionStream',
  'CustomEvent',
  'DecompressionStream',
  'Event',
  'EventTarget',
  'File',
  'FormData',
  'Headers',
  'ReadableStream',
  'Request',
  'Response',
  'TransformStream',
  'WritableStream',
] as const

const TIMERS = [
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const

/** Names that no code of a job has, at any time. */
const ABSENT = ['window', '__dirname', '__filename'] as const

/** Names for the realm's own global object. */
const WHOLE = ['global', 'globalThis', 'self'] as const

const OWN = [
  'Blob',
  'Date',
  'Function',
  'Intl',
  'JSON',
  'Math',
  'Reflect',
  'Symbol',
  'console',
  'crypto',
  'performance',
] as const

/** Names that are absent while modules are loaded and closed from then on, sorted. */
export const LATE_NAMES: readonly string[] = Object.freeze(Object.values(LATE).flat().sort())

/** Every name that is a parameter of the author's code, sorted. */
export const REALM_NAMES: readonly string[] = Object.freeze(
  [...LATE_NAMES, ...CLASSES, ...TIMERS, ...ABSENT, ...WHOLE, ...OWN].sort(),
)

interface ClosedRealm {
  /** What each of `REALM_NAMES` means while modules are loaded. */
  readonly names: Readonly<Record<string, unknown>>
  /**
   * Ends the loading of modules: what `LATE_NAMES` mean from now on. Throws `job-failed` where a module changed a
   * built-in object; the change is undone.
   */
  close(): readonly unknown[]
  /** A module of the host, by its name; see host-module.ts. */
  hostModule(name: string): unknown
  /** Whether anything was formatted through `Intl`, so that results depend on the version of ICU. */
  usedIntl(): boolean
}

/** Made once for each module that is evaluated. */
export function closedRealm(): ClosedRealm {
  const phase: Phase = { loading: true }
  const random = loadRandom(phase)
  const intl = closedIntl(phase)
  const whole: Record<string, unknown> = {}
  const own: Record<string, unknown> = {
    Blob: closedBlob(phase),
    Date: closedDate(phase, intl),
    Intl: intl.object,
    JSON: privateCopy(JSON),
    Math: closedMath(random),
    Reflect: privateCopy(Reflect),
    Symbol: closedSymbol(),
    console: closedConsole(),
    crypto: forbiddenLater(phase, 'random-in-lambda', 'crypto', closedCrypto(random)),
    performance: forbiddenLater(phase, 'clock-in-lambda', 'performance', closedPerformance(phase)),
    ...Object.fromEntries(CLASSES.map(name => [name, forbiddenClass(phase, 'outside-world', name)])),
    ...Object.fromEntries(TIMERS.map(name => [name, closedTimer(phase, name)])),
    ...Object.fromEntries(ABSENT.map(name => [name, undefined])),
    ...Object.fromEntries(WHOLE.map(name => [name, whole])),
  }
  let late: readonly unknown[] = LATE_NAMES.map(() => undefined)
  const {
    Function: function_,
    eval: eval_,
    close,
  } = closedFunction({
    phase,
    fixed: own,
    late: LATE_NAMES,
    meanings: () => late,
    globalThis: () => whole,
  })
  own.Function = function_
  fill(whole, { ...hostValues(), ...own, eval: eval_ })
  const names: Record<string, unknown> = { ...own }
  for (const name of LATE_NAMES) names[name] = undefined
  const intrinsics = intrinsicsNow([...LANGUAGE_NAMES, ...HOST_NAMES])
  return {
    names: Object.freeze(names),
    close() {
      late = lateMeanings(whole)
      phase.loading = false
      close()
      refusePatches(restoreIntrinsics(intrinsics))
      return late
    },
    hostModule: name => hostModule(phase, name),
    usedIntl: intl.used,
  }
}

/** A module that put something of its own in the place of an absent name goes on with that. */
function lateMeanings(whole: Record<string, unknown>): readonly unknown[] {
  const words = new Map(Object.entries(LATE).flatMap(([word, names]) => names.map(name => [name, word] as const)))
  const closed = Object.fromEntries(
    LATE_NAMES.filter(name => !Object.hasOwn(whole, name)).map(name => [
      name,
      forbidden(words.get(name) as string, name),
    ]),
  )
  fill(whole, closed)
  return LATE_NAMES.map(name => whole[name])
}

function refusePatches(changed: readonly string[]): void {
  if (changed.length === 0) return
  const shown = changed.slice(0, 3).join(', ') + (changed.length > 3 ? ` and ${changed.length - 3} more` : '')
  throw new LyrebirdError('job-failed', `loading the job changed built-in objects (${shown}), which all code shares`, {
    where: { word: 'prototype-patch', name: changed[0] },
    hint: 'lyrebird explain prototype-patch',
  })
}

/** Properties as those of a global object: writable, not listed. */
function fill(whole: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined && (ABSENT as readonly string[]).includes(name)) continue
    Object.defineProperty(whole, name, { value, writable: true, configurable: true, enumerable: false })
  }
}

/** The language, and what of the host only computes. */
function hostValues(): Readonly<Record<string, unknown>> {
  const host = globalThis as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    [...LANGUAGE_NAMES, ...HOST_NAMES].filter(name => name in host).map(name => [name, host[name]]),
  )
}

const privateCopy = (object: object): object =>
  Object.create(Object.getPrototypeOf(object), Object.getOwnPropertyDescriptors(object))

/** `Symbol`, to which libraries add well-known symbols of their own. */
function closedSymbol(): unknown {
  function ClosedSymbol(description?: string): symbol {
    if (new.target !== undefined) throw new TypeError('Symbol is not a constructor')
    return Symbol(description)
  }
  Object.defineProperties(ClosedSymbol, Object.getOwnPropertyDescriptors(Symbol))
  return ClosedSymbol
}

function closedPerformance(phase: Phase): object {
  return {
    now: () => (phase.loading ? 0 : forbid('clock-in-lambda', 'performance.now')),
    timeOrigin: LOAD_TIME,
    mark() {},
    measure() {},
  }
}

/** Starts nothing while modules are loaded. */
function closedTimer(phase: Phase, name: string): unknown {
  return () => {
    if (!phase.loading) return forbid('timer-in-lambda', name)
    const timer: object = Object.freeze({ ref: () => timer, unref: () => timer, hasRef: () => false })
    return name.startsWith('set') ? timer : undefined
  }
}

/** Everything goes to stderr, so that a lambda never prints among data. */
function closedConsole(): unknown {
  const talk = (...given: unknown[]): void => console.error(...given)
  const assert = (holds: unknown, ...given: unknown[]): void => (holds ? undefined : talk('Assertion failed', ...given))
  const talking = ['debug', 'dir', 'error', 'group', 'groupCollapsed', 'info', 'log', 'table', 'trace', 'warn']
  return { ...Object.fromEntries(talking.map(name => [name, talk])), assert, groupEnd() {} }
}
