// The closed realm: what a lambda must not reach ends the run; what only computes is unchanged.

import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLyrebirdError } from '../../../core/errors.ts'
import { closedRealm, REALM_NAMES } from '../../../core/realm/closed-realm.ts'
import { isoTime } from '../../../core/realm/iso-time.ts'

/** Evaluates an expression as an emitted module evaluates the author's code. */
function inRealm(expression: string): unknown {
  const realm = closedRealm()
  const run = new Function(...REALM_NAMES, `'use strict'\nreturn ${expression}`)
  return run(...REALM_NAMES.map(name => realm[name]))
}

/** Names of the host that only compute, or do nothing without a closed one. */
const PURE: ReadonlySet<string> = new Set([
  'ByteLengthQueuingStrategy',
  'CountQueuingStrategy',
  'DOMException',
  'PerformanceEntry',
  'PerformanceObserverEntryList',
  'PerformanceResourceTiming',
  'ReadableByteStreamController',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'ReadableStreamDefaultReader',
  'TextDecoder',
  'TextDecoderStream',
  'TextEncoder',
  'TextEncoderStream',
  'TransformStreamDefaultController',
  'URL',
  'URLSearchParams',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
  'atob',
  'btoa',
  'structuredClone',
])
const TEST_RUNNER = /vite/i

function wordOf(expression: string): unknown {
  try {
    inRealm(expression)
  } catch (error) {
    return isLyrebirdError(error) ? `${error.code} ${error.where.word}` : String(error)
  }
  return 'nothing thrown'
}

describe('the realm is closed', () => {
  it.each([
    ['Date.now()', 'clock-in-lambda'],
    ['new Date()', 'clock-in-lambda'],
    ['Date()', 'clock-in-lambda'],
    ['new (new Date(0).constructor)()', 'clock-in-lambda'],
    ['performance.now()', 'clock-in-lambda'],
    ['globalThis.performance.now()', 'clock-in-lambda'],
    ['globalThis.Date.now()', 'clock-in-lambda'],
    ['Math.random()', 'random-in-lambda'],
    ['globalThis.Math.random()', 'random-in-lambda'],
    ['crypto.randomUUID()', 'random-in-lambda'],
    ['setTimeout(() => {}, 0)', 'timer-in-lambda'],
    ['queueMicrotask(() => {})', 'timer-in-lambda'],
    ['Intl.DateTimeFormat()', 'locale-in-lambda'],
    ['new Intl.Collator()', 'locale-in-lambda'],
    ['fetch("http://127.0.0.1/")', 'outside-world'],
    ['Buffer.from("a")', 'outside-world'],
    ['process.env.HOME', 'environment-variable'],
    ['"env" in process', 'environment-variable'],
    ['new WeakRef({})', 'host-memory'],
    ['new SharedArrayBuffer(8)', 'host-memory'],
    ['new Function("return 1")', 'dynamic-code'],
    ['Function("return 1")()', 'dynamic-code'],
  ])('%s', (expression, word) => {
    expect(wordOf(expression)).toBe(`job-failed ${word}`)
  })

  it('has no other way to the host', () => {
    for (const name of ['global', 'self', 'window', '__dirname', '__filename']) {
      expect(inRealm(`typeof ${name}`)).toBe('undefined')
    }
  })

  it('knows every name that the host adds to the language', () => {
    const language = new Set(Object.getOwnPropertyNames(runInNewContext('globalThis')))
    const added = Object.getOwnPropertyNames(globalThis).filter(name => !language.has(name) && !/^__/.test(name))
    const unknown = added.filter(name => !REALM_NAMES.includes(name) && !PURE.has(name) && !TEST_RUNNER.test(name))
    expect(unknown).toEqual([])
    expect(added).toContain('fetch')
  })

  it('cannot be changed from inside', () => {
    for (const change of ['Date.now = () => 1', 'Math.random = () => 1', 'globalThis.x = 1', 'console.log = null']) {
      expect(() => inRealm(`(${change})`)).toThrow(TypeError)
    }
  })
})

describe('what computes is unchanged', () => {
  it.each([
    ['Math.floor(-1.5) + Math.PI', -2 + Math.PI],
    ['Date.UTC(2026, 0, 31, 12)', 1769860800000],
    ['new Date(86400000).toISOString()', '1970-01-02T00:00:00.000Z'],
    ['new Date("2026-01-01").getUTCFullYear()', 2026],
    ['new Date(2026, 1, 1).getTime()', Date.UTC(2026, 1, 1)],
    ['new Date(0) instanceof Date', true],
    ['Date.parse("Thu, 01 Jan 1970 00:00:01 GMT")', 1000],
    ['Date.parse("2026-02-30T00:00:00Z")', Date.parse('2026-02-30T00:00:00Z')],
    ['(() => {}) instanceof Function', true],
    ['structuredClone([1, { a: 2 }])', [1, { a: 2 }]],
    ['new URL("http://a/b?c=1").searchParams.get("c")', '1'],
  ])('%s', (expression, value) => {
    expect(inRealm(expression)).toEqual(value)
  })

  it('parses times as the engine does', () => {
    const parts = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.constantFrom(1900, 2000, 2024, 2100, 0)),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 25 }),
      fc.integer({ min: 0, max: 61 }),
      fc.integer({ min: 0, max: 61 }),
      fc.option(fc.integer({ min: 0, max: 999 })),
    )
    const pad = (n: number, length = 2): string => String(n).padStart(length, '0')
    const damage = fc.option(fc.tuple(fc.nat(23), fc.constantFrom(...'0:-T.Z +a')), { freq: 3 })
    let known = 0
    fc.assert(
      fc.property(parts, damage, ([y, mo, d, h, mi, s, ms], hit) => {
        let text = `${pad(y, 4)}-${pad(mo)}-${pad(d)}T${pad(h)}:${pad(mi)}:${pad(s)}${ms === null ? '' : `.${pad(ms, 3)}`}Z`
        if (hit !== null) text = text.slice(0, hit[0]) + hit[1] + text.slice(hit[0] + 1)
        const time = isoTime(text)
        if (time === undefined) return
        known++
        expect(time).toBe(Date.parse(text))
      }),
      { numRuns: 5000 },
    )
    expect(known).toBeGreaterThan(500)
  })
})
