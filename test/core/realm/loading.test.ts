// While the modules of a job are loaded: fixed values, and nothing of the host. What they keep is closed in lambdas.

import { describe, expect, it } from 'vitest'
import { isLyrebirdError } from '../../../core/errors.ts'
import { closedRealm } from '../../../core/realm/closed-realm.ts'
import { inRealm } from './in-realm.ts'

function wordOf(expression: string, load: string): unknown {
  try {
    return inRealm(expression, load)
  } catch (error) {
    return isLyrebirdError(error) ? `${error.code} ${error.where.word}` : String(error)
  }
}

describe('while modules are loaded', () => {
  it.each([
    ['Date.now()', 946_684_800_000],
    ['new Date().toISOString()', '2000-01-01T00:00:00.000Z'],
    ['typeof Date()', 'string'],
    ['performance.now()', 0],
    ['new Intl.DateTimeFormat().resolvedOptions().locale', 'en-US'],
    ['new Date(0).toLocaleString()', '1/1/1970, 12:00:00 AM'],
    ['(1234.5).toLocaleString("en-US")', '1,234.5'],
    ['crypto.getRandomValues(new Uint8Array(2)).length', 2],
    ['/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/.test(crypto.randomUUID())', true],
    ['setInterval(() => { throw 1 }, 1).unref() && clearTimeout(1)', undefined],
    ['typeof process + typeof Buffer + typeof WeakRef + typeof fetch + typeof navigator', 'undefined'.repeat(5)],
    ['Object.hasOwn(globalThis, "process")', false],
    ['new (class extends EventTarget {})() instanceof EventTarget', false],
    ['Function("return this")() === globalThis', true],
    ['new Function("a", "return a * 2")(21)', 42],
    ['globalThis.eval("1 + 1")', 2],
    ['(globalThis.__settings = { a: 1 }, __proto__ => globalThis.__settings.a)()', 1],
  ])('%s', (load, value) => {
    expect(inRealm('kept', load)).toEqual(value)
  })

  it('gives the same random numbers in each realm, not the same one twice', () => {
    const numbers = (): number[] => inRealm('kept', 'Array.from({ length: 50 }, () => Math.random())') as number[]
    expect(numbers()).toEqual(numbers())
    expect(new Set(numbers()).size).toBe(50)
    expect(numbers().every(n => n >= 0 && n < 1)).toBe(true)
  })
})

describe('what a module keeps', () => {
  it.each([
    ['kept()', 'Date.now', 'clock-in-lambda'],
    ['new kept()', 'Date', 'clock-in-lambda'],
    ['kept()', 'Math.random', 'random-in-lambda'],
    ['kept.random()', 'Math', 'random-in-lambda'],
    ['kept(new Uint8Array(1))', 'crypto.getRandomValues', 'random-in-lambda'],
    ['kept.randomUUID()', 'crypto', 'random-in-lambda'],
    ['kept.now()', 'performance', 'clock-in-lambda'],
    ['kept()', 'performance.now', 'clock-in-lambda'],
    ['kept(() => {})', 'setTimeout', 'timer-in-lambda'],
    ['kept.process.env', 'globalThis', 'environment-variable'],
    ['kept()', '() => process.env', 'environment-variable'],
    ['kept()', 'new Function("return process.env")', 'environment-variable'],
    ['kept()', 'new Function("return Date.now()")', 'clock-in-lambda'],
    ['new kept()', 'AbortController', 'outside-world'],
    ['kept.format(0)', 'new Intl.DateTimeFormat()', 'locale-in-lambda'],
    ['kept(0)', 'new Intl.DateTimeFormat().format', 'locale-in-lambda'],
  ])('%s of %s is closed', (expression, load, word) => {
    expect(wordOf(expression, load)).toBe(`job-failed ${word}`)
  })

  it('goes on where it put something of its own in the place of an absent name', () => {
    expect(inRealm('Buffer.of()', 'globalThis.Buffer = { of: () => "own" }')).toBe('own')
  })
})

describe('built-in objects', () => {
  it.each([
    ['String.prototype.loud = () => 1', 'String.prototype.loud'],
    ['Array.from = null', 'Array.from'],
    ['delete Map.prototype.clear', 'Map.prototype.clear'],
    [
      'Object.defineProperty(Object.getPrototypeOf(Uint8Array), "half", { value: 1, configurable: true })',
      'TypedArray.half',
    ],
    ['Object.getPrototypeOf(function* () {}).prototype.take = 1', 'Generator.prototype.take'],
    ['URL.parse = () => 1', 'URL.parse'],
  ])('%s is refused and put back', (load, name) => {
    expect(wordOf('kept', `(${load})`)).toBe('job-failed prototype-patch')
    expect(() => inRealm('kept', `(${load})`)).toThrow(name)
    expect(Array.from([1])).toEqual([1])
    expect(Object.hasOwn(Map.prototype, 'clear')).toBe(true)
    expect('loud' in String.prototype || 'half' in Uint8Array).toBe(false)
  })

  it('may have settings of the engine changed, which are put back', () => {
    const before = Error.stackTraceLimit
    expect(inRealm('kept', '(Error.stackTraceLimit = 1)')).toBe(1)
    expect(Error.stackTraceLimit).toBe(before)
  })
})

describe('the use of Intl', () => {
  it.each([
    ['new Intl.NumberFormat("de").format(1)', true],
    ['["b", "a"].sort(new Intl.Collator("de").compare)', true],
    ['new Date(0).toLocaleString("en-US", { timeZone: "UTC" })', true],
    ['new Intl.DateTimeFormat().resolvedOptions().timeZone', false],
    ['new Intl.DateTimeFormat("en", { timeZone: "Asia/Calcutta" }).resolvedOptions().timeZone', true],
    ['new Intl.NumberFormat("de").resolvedOptions().locale', true],
    ['new Intl.DateTimeFormat("en", { timeZone: "Europe/Kyiv" }) === null', true],
    ['new Intl.DateTimeFormat("en", { timeZone: "UTC" }) === null', false],
    ['Intl.PluralRules.supportedLocalesOf(["de", "xx"]).length', true],
    ['Intl.supportedValuesOf("currency").length', true],
    ['Intl.getCanonicalLocales("iw")[0]', true],
    ['new Intl.Locale("en").maximize().region', true],
    ['new Date(0).toISOString() + Math.PI', false],
  ])('%s is noted: %s', (expression, used) => {
    const realm = closedRealm()
    inRealm(expression, 'undefined', realm)
    expect(realm.usedIntl()).toBe(used)
  })
})
