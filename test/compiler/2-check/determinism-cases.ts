// Lambdas that could give two answers for one record, each with the word of its diagnostic, and lambdas that could not.
//
// Each case is the rest of a file that begins with PRELUDE; `helper` is the file `./NAME-helper` beside it.

export interface Case {
  readonly name: string
  readonly code: string
  readonly helper?: string
}

export interface BadCase extends Case {
  readonly word: string
}

export const PRELUDE = `import { source, count, sum, first } from 'lyrebird'
interface Item { sku: string; price: number; qty: number }
interface Event { at: string; user: string; page: string; bytes: number; tags: string[]; items: Item[]; meta?: { os: string } | null }
const events = source<Event>('events', { time: v => Date.parse(v.at) })
`

const bad = (name: string, word: string, code: string, helper?: string): BadCase =>
  helper === undefined ? { name, word, code } : { name, word, code, helper }
const good = (name: string, code: string, helper?: string): Case =>
  helper === undefined ? { name, code } : { name, code, helper }

export const BAD: readonly BadCase[] = [
  // 1: the clock
  bad('date-now', 'clock-in-lambda', 'export const r = events.map(v => Date.now() - v.bytes)'),
  bad('new-date', 'clock-in-lambda', 'export const r = events.map(v => new Date().toISOString() + v.at)'),
  bad('date-call', 'clock-in-lambda', 'export const r = events.map(v => Date() + v.at)'),
  bad('date-alias', 'clock-in-lambda', 'const D = Date\nexport const r = events.map(v => D.now() + v.bytes)'),
  bad(
    'date-alias-new',
    'clock-in-lambda',
    'const D = Date\nexport const r = events.map(v => [new D().getTime(), v.at])',
  ),
  bad('now-destructured', 'clock-in-lambda', 'const { now } = Date\nexport const r = events.map(v => now() + v.bytes)'),
  bad(
    'now-as-value',
    'clock-in-lambda',
    'const later = (f: () => number) => f()\nexport const r = events.map(v => later(Date.now) + v.bytes)',
  ),
  bad(
    'date-as-value',
    'clock-in-lambda',
    'const make = (C: new () => object) => new C()\nexport const r = events.map(v => [make(Date), v.at])',
  ),
  bad('clock-in-time', 'clock-in-lambda', `export const r = source<Event>('other', { time: () => Date.now() })`),
  bad(
    'clock-in-aggregate',
    'clock-in-lambda',
    'export const r = events.keyBy(v => v.user).aggregate({ s: sum(v => v.bytes * Date.now()) })',
  ),
  bad(
    'helper-chain',
    'clock-in-lambda',
    `import { top } from './helper-chain-helper'\nexport const r = events.filter(v => top(v.at))`,
    `const low = () => Date.now()\nfunction middle(at: string) { return low() - Date.parse(at) }\nexport const top = (at: string) => middle(at) > 0`,
  ),
  bad(
    'helper-namespace',
    'clock-in-lambda',
    `import * as tools from './helper-namespace-helper'\nexport const r = events.filter(v => tools.fresh(v.at))`,
    'export function fresh(at: string) { return new Date() > new Date(at) }',
  ),
  bad(
    'through-object',
    'clock-in-lambda',
    'const tools = { now() { return Date.now() } }\nexport const r = events.map(v => tools.now() + v.bytes)',
  ),
  bad(
    'through-interface',
    'clock-in-lambda',
    'interface Clock { time(): number }\nclass System implements Clock { time() { return Date.now() } }\nconst clock: Clock = new System()\nexport const r = events.map(v => clock.time() + v.bytes)',
  ),
  bad(
    'through-factory',
    'clock-in-lambda',
    'const since = (from: number) => (v: Event) => Date.now() - from - v.bytes\nexport const r = events.map(since(3))',
  ),
  bad(
    'through-builder',
    'clock-in-lambda',
    'const build = (f: (v: Event) => number) => events.map(f)\nexport const r = build(v => Date.now() + v.bytes)',
  ),
  bad(
    'through-captured-parameter',
    'clock-in-lambda',
    'const build = (f: () => number) => events.map(v => f() + v.bytes)\nexport const r = build(() => Date.now())',
  ),
  bad(
    'captured-moment',
    'clock-in-lambda',
    'const START = Date.now()\nexport const r = events.map(v => v.bytes - START)',
  ),
  bad('default-value', 'clock-in-lambda', 'export const r = events.map((v, _r, t = Date.now()) => t + v.bytes)'),
  bad(
    'inherited',
    'clock-in-lambda',
    'class A { t() { return Date.now() } }\nclass B extends A {}\nexport const r = events.map(v => new B().t() + v.bytes)',
  ),
  bad(
    'field',
    'clock-in-lambda',
    'class A { f = (v: Event) => Date.now() + v.bytes }\nexport const r = events.map(new A().f)',
  ),
  bad(
    'in-table',
    'clock-in-lambda',
    'const table = new Map([[1, () => Date.now()]])\nexport const r = events.map(v => table.get(1)!() + v.bytes)',
  ),
  bad(
    'iterator',
    'clock-in-lambda',
    'class Range { *[Symbol.iterator]() { yield Date.now() } }\nexport const r = events.map(v => [...new Range(), v.at])',
  ),
  bad(
    'default-export',
    'clock-in-lambda',
    `import now from './default-export-helper'\nexport const r = events.map(v => now() + v.bytes)`,
    'export default () => Date.now()',
  ),
  bad(
    'getter',
    'clock-in-lambda',
    'const tools = { get now() { return Date.now() } }\nexport const r = events.map(v => tools.now + v.bytes)',
  ),
  bad('performance', 'clock-in-lambda', 'export const r = events.map(v => performance.now() + v.bytes)'),
  bad('hrtime', 'clock-in-lambda', 'export const r = events.map(v => [process.hrtime.bigint(), v.at])'),
  // 2: randomness
  bad('random', 'random-in-lambda', 'export const r = events.filter(v => Math.random() < v.bytes)'),
  bad(
    'random-destructured',
    'random-in-lambda',
    'const { random } = Math\nexport const r = events.filter(v => random() < v.bytes)',
  ),
  bad('random-element', 'random-in-lambda', `export const r = events.filter(v => Math['random']() < v.bytes)`),
  bad(
    'random-inside',
    'random-in-lambda',
    'export const r = events.filter(v => { const { random } = Math; return random() < v.bytes })',
  ),
  bad(
    'random-hidden',
    'random-in-lambda',
    'const m: Record<string, unknown> = Math as never\nexport const r = events.map(v => m[v.user])',
  ),
  bad('random-any', 'unseen-call', 'export const r = events.map(v => (Math as any).random() + v.bytes)'),
  bad('constructor', 'unseen-call', `export const r = events.map(v => v.tags.constructor.constructor('return 1')())`),
  bad('uuid', 'random-in-lambda', 'export const r = events.map(v => ({ id: crypto.randomUUID(), at: v.at }))'),
  // 3: timers
  bad('timer', 'timer-in-lambda', 'export const r = events.map(v => { setTimeout(() => v.at, 1); return v.at })'),
  // 4: the zone
  bad('hours', 'local-time', 'export const r = events.keyBy(v => new Date(v.at).getHours())'),
  bad('set-hours', 'local-time', 'export const r = events.map(v => new Date(v.at).setHours(0))'),
  bad('date-parts', 'local-time', 'export const r = events.map(v => new Date(2026, 1, v.bytes).getTime())'),
  bad('date-text', 'local-time', 'export const r = events.map(v => new Date(v.at).toDateString())'),
  // 5: locales
  bad('compare', 'locale-in-lambda', 'export const r = events.map(v => v.tags.toSorted((a, b) => a.localeCompare(b)))'),
  bad('locale-string', 'locale-in-lambda', 'export const r = events.map(v => v.bytes.toLocaleString())'),
  bad('intl', 'locale-in-lambda', 'export const r = events.map(v => new Intl.NumberFormat().format(v.bytes))'),
  bad(
    'intl-empty-list',
    'locale-in-lambda',
    'export const r = events.map(v => new Intl.NumberFormat([]).format(v.bytes))',
  ),
  bad(
    'intl-perhaps-undefined',
    'locale-in-lambda',
    `export const r = events.map(v => new Intl.NumberFormat(v.page === '' ? undefined : 'de').format(v.bytes))`,
  ),
  bad(
    'intl-without-zone',
    'locale-in-lambda',
    `const f = new Intl.DateTimeFormat('en', { hour: 'numeric' })\nexport const r = events.map(v => f.format(v.bytes))`,
  ),
  bad(
    'intl-alias',
    'locale-in-lambda',
    `const { NumberFormat } = Intl\nexport const r = events.map(v => new NumberFormat().format(v.bytes))`,
  ),
  bad(
    'intl-now',
    'clock-in-lambda',
    `const f = new Intl.DateTimeFormat('en', { timeZone: 'UTC' })\nexport const r = events.map(v => f.format() + v.page)`,
  ),
  // 7: state
  bad('counter', 'captured-state', 'let n = 0\nexport const r = events.map(v => v.bytes + ++n)'),
  bad(
    'last-seen',
    'captured-state',
    `let last = ''\nexport const r = events.map(v => { const before = last; last = v.user; return before })`,
  ),
  bad(
    'state-in-helper',
    'captured-state',
    `import { next } from './state-in-helper-helper'\nexport const r = events.map(v => next() + v.bytes)`,
    'let n = 0\nexport function next() { return n++ }',
  ),
  bad(
    'closure-state',
    'captured-state',
    'const counter = (() => { let n = 0; return () => ++n })()\nexport const r = events.map(v => counter() + v.bytes)',
  ),
  bad(
    'factory-state',
    'captured-state',
    'function counting() { let n = 0; return (v: Event) => v.bytes + ++n }\nexport const r = events.map(counting())',
  ),
  bad(
    'destructuring-write',
    'captured-state',
    'let a = 0\nexport const r = events.map(v => { [a] = [v.bytes]; return a })',
  ),
  bad(
    'seen-set',
    'captured-mutation',
    'const seen = new Set<string>()\nexport const r = events.filter(v => !seen.has(v.user) && !!seen.add(v.user))',
  ),
  bad(
    'array-push',
    'captured-mutation',
    'const all: string[] = []\nexport const r = events.map(v => all.push(v.user))',
  ),
  bad(
    'object-write',
    'captured-mutation',
    'const counts: Record<string, number> = {}\nexport const r = events.map(v => { counts[v.user] = (counts[v.user] ?? 0) + 1; return counts[v.user] })',
  ),
  bad(
    'memo',
    'captured-mutation',
    'const cache = new Map<string, number>()\nexport const r = events.map(v => { let n = cache.get(v.at); if (n === undefined) { n = Date.parse(v.at); cache.set(v.at, n) } return n })',
  ),
  bad(
    'class-state',
    'captured-mutation',
    'class Counter { n = 0; next() { return ++this.n } }\nconst counter = new Counter()\nexport const r = events.map(v => counter.next() + v.bytes)',
  ),
  bad(
    'static-state',
    'captured-mutation',
    'class Counter { static n = 0 }\nexport const r = events.map(v => v.bytes + ++Counter.n)',
  ),
  bad(
    'alias-of-captured',
    'captured-mutation',
    'const all: string[] = []\nexport const r = events.map(v => { const a = all; a.push(v.user); return a.length })',
  ),
  bad(
    'captured-as-argument',
    'captured-mutation',
    `import { put } from './captured-as-argument-helper'\nconst all: string[] = []\nexport const r = events.map(v => put(all, v.user))`,
    'export function put(to: string[], x: string) { to.push(x); return to.length }',
  ),
  bad(
    'nested-captured',
    'captured-mutation',
    'const state = { inner: { n: 0 } }\nexport const r = events.map(v => { const { inner } = state; inner.n += v.bytes; return inner.n })',
  ),
  bad(
    'assign',
    'captured-mutation',
    'const state = {}\nexport const r = events.map(v => Object.assign(state, { [v.user]: 1 }))',
  ),
  bad(
    'delete',
    'captured-mutation',
    'const state: Record<string, number> = { a: 1 }\nexport const r = events.map(v => delete state[v.user])',
  ),
  bad(
    'kept-generator',
    'kept-iterator',
    'function* ids() { let n = 0; while (true) yield n++ }\nconst all = ids()\nexport const r = events.map(v => [all.next().value, v.at])',
  ),
  bad(
    'method-state',
    'captured-mutation',
    'const counter = { n: 0, next() { return ++this.n } }\nexport const r = events.map(v => counter.next() + v.bytes)',
  ),
  bad(
    'through-getter',
    'captured-mutation',
    'const all: string[] = []\nconst get = () => all\nexport const r = events.map(v => get().push(v.user))',
  ),
  bad(
    'own-property',
    'captured-mutation',
    'function f(v: Event) { f.n += v.bytes; return f.n }\nf.n = 0\nexport const r = events.map(f)',
  ),
  bad(
    'through-recursion',
    'captured-mutation',
    [
      'const all: string[] = []',
      'function f(to: string[], n: number): void { if (n > 0) g(to, n - 1); to.push(String(n)) }',
      'function g(to: string[], n: number): void { if (n > 0) f(to, n - 1) }',
      'export const q = events.map(v => { const mine: string[] = []; f(mine, v.bytes); return mine })',
      'export const r = events.map(v => { g(all, v.bytes); return v.at })',
    ].join('\n'),
  ),
  bad(
    'values-of-captured',
    'captured-mutation',
    'const state = { a: { n: 0 } }\nexport const r = events.map(v => { Object.values(state).forEach(s => { s.n += v.bytes }); return v.at })',
  ),
  bad(
    'map-entries',
    'captured-mutation',
    'const table = new Map<string, string[]>()\nexport const r = events.map(v => { for (const [, list] of table) list.push(v.user); return v.at })',
  ),
  bad(
    'lazy',
    'captured-state',
    'let table: Map<string, number> | undefined\nexport const r = events.map(v => (table ??= new Map()).get(v.user))',
  ),
  // 8: regular expressions
  bad('regexp-test', 'stateful-regexp', 'const WORD = /a/g\nexport const r = events.filter(v => WORD.test(v.page))'),
  bad('regexp-exec', 'stateful-regexp', 'const WORD = /a/y\nexport const r = events.map(v => WORD.exec(v.page)?.[0])'),
  bad(
    'regexp-new',
    'stateful-regexp',
    `const WORD = new RegExp('a', 'g')\nexport const r = events.filter(v => WORD.test(v.page))`,
  ),
  bad(
    'regexp-table',
    'stateful-regexp',
    'const WORDS = { a: /a/g }\nexport const r = events.filter(v => WORDS.a.test(v.page))',
  ),
  bad(
    'regexp-list',
    'stateful-regexp',
    'const WORDS = [/a/g, /b/g]\nexport const r = events.filter(v => WORDS.some(w => w.test(v.page)))',
  ),
  bad(
    'regexp-import',
    'stateful-regexp',
    `import { WORD } from './regexp-import-helper'\nexport const r = events.filter(v => WORD.test(v.page))`,
    'export const WORD = /a/gi',
  ),
  bad(
    'regexp-sticky-replace',
    'stateful-regexp',
    `const A = /a/y\nexport const r = events.map(v => v.page.replace(A, ''))`,
  ),
  // 9: the input
  bad('input-sort', 'mutates-input', 'export const r = events.map(v => v.tags.sort())'),
  bad('input-write', 'mutates-input', 'export const r = events.map(v => { v.bytes = 0; return v })'),
  bad(
    'input-element',
    'mutates-input',
    'export const r = events.map(v => { for (const i of v.items) i.qty = 0; return v.items })',
  ),
  bad('input-callback', 'mutates-input', 'export const r = events.map(v => v.items.map(i => { i.qty = 0; return i }))'),
  bad(
    'input-filtered',
    'mutates-input',
    'export const r = events.map(v => { const some = v.items.filter(i => i.qty > 1); some[0]!.qty = 1; return some })',
  ),
  bad(
    'input-spread',
    'mutates-input',
    'export const r = events.map(v => { const copy = { ...v }; copy.tags.push(v.user); return copy })',
  ),
  bad(
    'input-helper',
    'mutates-input',
    'const clear = (i: Item[]) => { i.length = 0 }\nexport const r = events.map(v => { clear(v.items); return v.at })',
  ),
  bad(
    'input-destructured',
    'mutates-input',
    'export const r = events.map(({ tags }) => { tags.reverse(); return tags })',
  ),
  // 10: waiting
  bad('async', 'async-in-lambda', 'export const r = events.filter(async v => v.bytes > 1)'),
  bad(
    'promise',
    'async-in-lambda',
    'export const r = events.map(v => { Promise.resolve(v).then(() => 1); return v.at })',
  ),
  // 11: the outside world
  bad('fetch', 'outside-world', `export const r = events.map(v => { fetch('http://' + v.page); return v.at })`),
  bad(
    'fs',
    'outside-world',
    `import { readFileSync } from 'node:fs'\nexport const r = events.map(v => readFileSync(v.page, 'utf8'))`,
  ),
  bad('bare-fs', 'outside-world', `import fs from 'fs'\nexport const r = events.map(v => fs.existsSync(v.page))`),
  bad('env', 'environment-variable', 'export const r = events.filter(v => v.user === process.env.USER)'),
  bad(
    'env-outside',
    'environment-variable',
    'const { USER } = process.env\nexport const r = events.filter(v => v.user === USER)',
  ),
  bad('pid', 'outside-world', 'export const r = events.map(v => process.pid + v.bytes)'),
  bad('buffer', 'outside-world', `export const r = events.map(v => Buffer.from(v.page).toString('hex'))`),
  // 13: memory and threads
  bad(
    'weak-ref',
    'host-memory',
    'const table = { a: 1 }\nconst ref = new WeakRef(table)\nexport const r = events.map(v => ref.deref()?.a ?? v.bytes)',
  ),
  bad(
    'atomics',
    'host-memory',
    'const shared = new Int32Array(4)\nexport const r = events.map(v => Atomics.load(shared, 0) + v.bytes)',
  ),
  // 14: the program's text
  bad('stack', 'source-text', 'export const r = events.map(v => new Error(v.page).stack)'),
  bad(
    'function-text',
    'source-text',
    'const f = (v: Event) => v.at\nexport const r = events.map(v => f.toString() + v.at)',
  ),
  // 15: code that cannot be read
  bad(
    'proxy',
    'dynamic-code',
    'const c = new Proxy({ n: 0 }, { get: t => t.n++ })\nexport const r = events.map(v => [v.at, c.n])',
  ),
  bad(
    'proxy-revocable',
    'dynamic-code',
    'const { proxy } = Proxy.revocable({ n: 0 }, { get: t => t.n++ })\nexport const r = events.map(v => [v.at, proxy.n])',
  ),
  bad('global-date', 'clock-in-lambda', 'export const r = events.map(v => globalThis.Date.now() + v.bytes)'),
  bad(
    'math-key',
    'dynamic-code',
    `export const r = events.map(v => (Math as unknown as Record<string, () => number>)['random']!() + Math[v.page as keyof Math].length)`,
  ),
  bad('through-any', 'unseen-call', 'const f: any = (v: Event) => v\nexport const r = events.map(v => f(v).at)'),
  bad('json-any', 'unseen-call', `export const r = events.map(v => JSON.parse(v.page).map((x: number) => x + 1))`),
  bad(
    'from-map',
    'unseen-lambda',
    `const table = new Map([['a', (v: Event) => v.at]])\nexport const r = events.map(table.get('a')!)`,
  ),
  // 16: patches
  bad(
    'prototype',
    'prototype-patch',
    `Object.assign(Array.prototype, { last: 1 })\nexport const r = events.map(v => v.at)`,
  ),
  bad(
    'define-property',
    'prototype-patch',
    `Object.defineProperty(String.prototype, 'shout', { value: 1 })\nexport const r = events.map(v => v.at)`,
  ),
]

/** Warnings that let the job pass. */
export const WARNED: readonly BadCase[] = [
  bad('sine', 'approximate-math', 'export const r = events.map(v => Math.sin(v.bytes))'),
  bad('log', 'console-in-lambda', 'export const r = events.filter(v => { console.log(v.page); return true })'),
]

export const GOOD: readonly Case[] = [
  good('intl-number', `export const r = events.map(v => new Intl.NumberFormat('de').format(v.bytes))`),
  good(
    'intl-date',
    `const f = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin' })\nexport const r = events.map(v => f.format(v.bytes))`,
  ),
  good(
    'intl-list',
    `const ORDER = new Intl.Collator(['sv', 'en'])\nexport const r = events.map(v => v.tags.toSorted(ORDER.compare))`,
  ),
  good('g-parse', 'export const r = events.map(v => Date.parse(v.at))'),
  good('g-date-of', 'export const r = events.map(v => new Date(v.at).toISOString())'),
  good('g-utc', 'export const r = events.map(v => new Date(v.at).getUTCHours() + Date.UTC(2026, 1, 1))'),
  good('g-date-alias', 'const D = Date\nexport const r = events.map(v => D.parse(v.at))'),
  good(
    'g-date-time',
    'export const r = events.map(v => { const d = new Date(v.at); d.setUTCHours(0, 0, 0, 0); return d.getTime() })',
  ),
  good(
    'g-math',
    'export const r = events.map(v => Math.floor(v.bytes) + Math.sqrt(2) + Math.max(...v.items.map(i => i.qty)))',
  ),
  good(
    'g-const-table',
    `const NAMES: Record<string, string> = { a: 'A' }\nexport const r = events.map(v => NAMES[v.user] ?? '?')`,
  ),
  good(
    'g-filled-table',
    `const SQUARES: number[] = []\nfor (let i = 0; i < 9; i++) SQUARES[i] = i * i\nexport const r = events.map(v => SQUARES[v.bytes])`,
  ),
  good(
    'g-filled-by-helper',
    `const seen = new Set<string>()\nfunction put(x: string) { seen.add(x) }\nput('a')\nexport const r = events.filter(v => seen.has(v.user))`,
  ),
  good(
    'g-built-map',
    `const codes = new Map(['a', 'b'].map((c, i) => [c, i]))\nexport const r = events.map(v => codes.get(v.user))`,
  ),
  good('g-local-let', 'export const r = events.map(v => { let n = 0; for (const i of v.items) n += i.qty; return n })'),
  good(
    'g-local-closure',
    'export const r = events.map(v => { let n = 0; v.items.forEach(i => { n += i.qty }); return n })',
  ),
  good(
    'g-local-object',
    'export const r = events.map(v => { const out: Record<string, number> = {}; for (const i of v.items) out[i.sku] = i.qty; return out })',
  ),
  good(
    'g-local-array',
    'export const r = events.map(v => { const out: string[] = []; for (const i of v.items) out.push(i.sku); return out.sort() })',
  ),
  good('g-copy-sort', 'export const r = events.map(v => [...v.tags].sort())'),
  good('g-map-sort', 'export const r = events.map(v => v.items.map(i => i.sku).sort())'),
  good('g-to-sorted', 'export const r = events.map(v => v.tags.toSorted())'),
  good('g-filter-sort', 'export const r = events.map(v => v.tags.filter(t => t).sort())'),
  good('g-spread-write', 'export const r = events.map(v => { const copy = { ...v }; copy.bytes = 0; return copy })'),
  good(
    'g-helper-fills-local',
    'const put = (to: string[], x: string) => { to.push(x) }\nexport const r = events.map(v => { const out: string[] = []; put(out, v.user); return out })',
  ),
  good(
    'g-local-class',
    'class Counter { n = 0; add(x: number) { this.n += x; return this } }\nexport const r = events.map(v => { const c = new Counter(); for (const i of v.items) c.add(i.qty); return c.n })',
  ),
  good('g-regexp', 'const WORD = /a+/\nexport const r = events.filter(v => WORD.test(v.page))'),
  good(
    'g-regexp-replace',
    `const SLASH = /\\//g\nexport const r = events.map(v => v.page.replace(SLASH, '-').replaceAll(SLASH, ''))`,
  ),
  good(
    'g-regexp-match-all',
    'const WORD = /\\w+/g\nexport const r = events.map(v => [...v.page.matchAll(WORD)].length + (v.page.match(WORD)?.length ?? 0))',
  ),
  good('g-regexp-local', 'export const r = events.filter(v => /a/g.test(v.page))'),
  good('g-case', 'export const r = events.map(v => v.page.toLowerCase().normalize().toUpperCase())'),
  good('g-json', `export const r = events.map(v => JSON.stringify(v.items) + (JSON.parse(v.page) as { a: string }).a)`),
  good('g-json-any-read', `export const r = events.map(v => String(JSON.parse(v.page).a))`),
  good('g-url', `export const r = events.map(v => new URL(v.page, 'http://x').pathname)`),
  good('g-encoder', 'export const r = events.map(v => new TextEncoder().encode(v.page).length)'),
  good('g-bigint', 'export const r = events.map(v => BigInt(v.bytes) * 2n)'),
  good('g-generator', 'export const r = events.flatMap(function* (v) { for (const i of v.items) yield i.sku })'),
  good(
    'g-local-generator',
    'function* upTo(n: number) { for (let i = 0; i < n; i++) yield i }\nexport const r = events.map(v => [...upTo(v.bytes)])',
  ),
  good('g-loop-builder', `export const all = ['a', 'b'].map(user => events.filter(v => v.user === user))`),
  good(
    'g-for-builder',
    `const all = []\nfor (const user of ['a', 'b']) all.push(events.filter(v => v.user === user))\nexport { all }`,
  ),
  good('g-let-at-load', `let limit = 3\nlimit = limit * 2\nexport const r = events.filter(v => v.bytes > limit)`),
  good(
    'g-factory',
    'const over = (limit: number) => (v: Event) => v.bytes > limit\nexport const r = events.filter(over(3))',
  ),
  good(
    'g-builder',
    'const users = (f: (v: Event) => boolean) => events.filter(f).keyBy(v => v.user)\nexport const r = users(v => v.bytes > 1)',
  ),
  good(
    'g-helper-file',
    `import { size } from './g-helper-file-helper'\nexport const r = events.map(v => size(v.items))`,
    `const weights = new Map<string, number>([['a', 1]])\nexport const size = (items: { sku: string }[]) => items.reduce((n, i) => n + (weights.get(i.sku) ?? 0), 0)`,
  ),
  good(
    'g-standard',
    'export const r = events.map(v => v.tags).map(t => t.length).filter(Boolean).map(String).map(Number)',
  ),
  good(
    'g-instance-of',
    'export const r = events.map(v => { try { return decodeURIComponent(v.page) } catch (e) { return e instanceof URIError ? e.message : v.page } })',
  ),
  good(
    'g-throw',
    `export const r = events.map(v => { if (v.bytes < 0) throw new RangeError('negative ' + v.bytes); return v.bytes })`,
  ),
  good('g-unused-helper', 'export const unused = () => Math.random()\nexport const r = events.map(v => v.at)'),
  good(
    'g-unused-method',
    'const tools = new (class { id(x: string) { return x } })()\nexport const r = events.map(v => tools.id(v.at))',
  ),
  good(
    'g-key-object',
    'export const r = events.keyBy(v => ({ user: v.user, page: v.page })).aggregate({ n: count(), f: first(v => v.at) })',
  ),
  good(
    'g-reduce',
    'export const r = events.map(v => v.items.reduce<Record<string, number>>((all, i) => { all[i.sku] = i.qty; return all }, {}))',
  ),
  good('g-enum', `enum Kind { A = 'a', B = 'b' }\nexport const r = events.filter(v => v.user === Kind.A)`),
  good(
    'g-structured-clone',
    'export const r = events.map(v => { const c = structuredClone(v); c.tags.push(v.user); return c })',
  ),
  good('g-record-second', 'export const r = events.map((v, record) => record.topic + record.offset + v.at)'),
]
