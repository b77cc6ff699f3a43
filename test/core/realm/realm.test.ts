// The closed realm: what a lambda must not reach ends the run; what only computes is unchanged. What modules may do
// while they are loaded is in loading.test.ts.

import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLyrebirdError } from '../../../core/errors.ts'
import { REALM_NAMES } from '../../../core/realm/closed-realm.ts'
import { isoTime } from '../../../core/realm/iso-time.ts'
import { inRealm } from './in-realm.ts'

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
    ['Intl.DateTimeFormat().format(0)', 'locale-in-lambda'],
    ['new Intl.Collator().compare("a", "b")', 'locale-in-lambda'],
    ['fetch("http://127.0.0.1/")', 'outside-world'],
    ['Buffer.from("a")', 'outside-world'],
    ['process.env.HOME', 'environment-variable'],
    ['"env" in process', 'environment-variable'],
    ['new WeakRef({})', 'host-memory'],
    ['new SharedArrayBuffer(8)', 'host-memory'],
    ['new Function("return Date.now()")()', 'clock-in-lambda'],
    ['Function("return process.env")()', 'environment-variable'],
    ['Function("return this")().Math.random()', 'random-in-lambda'],
    ['globalThis.eval("Math.random()")', 'random-in-lambda'],
    ['new Blob(["a"]).text()', 'outside-world'],
    ['AbortSignal.timeout(5)', 'outside-world'],
    ['new Date(0).toLocaleString()', 'locale-in-lambda'],
    ['new Date(0).toLocaleDateString("en-US")', 'locale-in-lambda'],
    ['new Intl.DateTimeFormat("en-US").format(0)', 'locale-in-lambda'],
    ['new Intl.NumberFormat("tlh").format(1)', 'locale-in-lambda'],
    ['new Intl.DateTimeFormat("en-US", { timeZone: "UTC" }).format() + ""', 'clock-in-lambda'],
  ])('%s', (expression, word) => {
    expect(wordOf(expression)).toBe(`job-failed ${word}`)
  })

  it('has no other way to the host', () => {
    for (const name of ['window', '__dirname', '__filename']) expect(inRealm(`typeof ${name}`)).toBe('undefined')
    for (const name of ['global', 'self']) expect(inRealm(`${name} === globalThis`)).toBe(true)
    expect(inRealm('globalThis')).not.toBe(globalThis)
  })

  it('knows every name that the host adds to the language', () => {
    const language = new Set(Object.getOwnPropertyNames(runInNewContext('globalThis')))
    const added = Object.getOwnPropertyNames(globalThis).filter(name => !language.has(name) && !/^__/.test(name))
    const unknown = added.filter(name => !REALM_NAMES.includes(name) && !PURE.has(name) && !TEST_RUNNER.test(name))
    expect(unknown).toEqual([])
    expect(added).toContain('fetch')
  })

  it('keeps what is written to its objects to itself', () => {
    const { now } = Date
    const { random } = Math
    for (const change of ['Date.now', 'Math.random', 'globalThis.kept', 'console.log', 'Reflect.kept', 'Intl.kept']) {
      expect(inRealm(`(${change} = 1, ${change})`)).toBe(1)
      if (change.endsWith('kept')) expect(inRealm(change)).toBeUndefined()
    }
    expect([Date.now, Math.random]).toEqual([now, random])
    expect(Object.keys(globalThis)).not.toContain('kept')
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
    ['structuredClone(new Date(0)) instanceof Date', true],
    ['(class Day extends Date {}, new (class Day extends Date {})(0) instanceof Date)', true],
    ['[Symbol.iterator, Symbol("a").description, Reflect.ownKeys({ a: 1 })]', [Symbol.iterator, 'a', ['a']]],
    ['new Function("a", "b", "return a + b")(1, 2)', 3],
    ['globalThis.Object === Object && globalThis.Map === Map', true],
    ['({}) instanceof Blob', false],
    ['new Blob(["aé€😀", "\\ud800", 12, new Uint8Array(3), new Uint16Array(2).buffer, new Blob(["é"])]).size', 24],
    ['new Blob().size + new Blob([], { type: "Text/Plain" }).type', '0text/plain'],
    ['({}) instanceof WeakRef', false],
    ['Buffer.isBuffer(new Uint8Array(1))', false],
    [
      'new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Tokyo", dateStyle: "short", timeStyle: "short" }).format(0)',
      '01/01/1970, 09:00',
    ],
    ['new Date(0).toLocaleString("en-US", { timeZone: "America/New_York" })', '12/31/1969, 7:00:00 PM'],
    ['typeof new Intl.DateTimeFormat("en-US", { timeZone: "Asia/Tokyo" }).format()', 'function'],
    ['new Intl.NumberFormat("de").format(1234.5)', '1.234,5'],
    ['["z", "a"].sort(new Intl.Collator("sv").compare)', ['a', 'z']],
    ['new Intl.DateTimeFormat().resolvedOptions().timeZone', 'UTC'],
    ['new Intl.NumberFormat("de") instanceof Intl.NumberFormat', true],
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
