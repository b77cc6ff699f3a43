// Small packages that do at load, and when they are called, what well-known libraries do.

/** Files of a package `name` whose module has this text; `types` are its declarations. */
function packageOf(name: string, code: string, types: string, more: object = {}): Record<string, string> {
  const folder = `node_modules/${name}`
  return {
    [`${folder}/package.json`]: JSON.stringify({
      name,
      version: '1.0.0',
      main: 'index.js',
      types: 'index.d.ts',
      ...more,
    }),
    [`${folder}/index.js`]: code,
    [`${folder}/index.d.ts`]: types,
  }
}

const esm = { type: 'module' }

export const FAKE_PACKAGES: Readonly<Record<string, string>> = {
  // Settings kept on the global object, a namespace extended, a class of the host extended.
  ...packageOf(
    'fake-schema',
    `globalThis.__fakeSettings ??= { strict: true }
Object.defineProperty(Reflect, 'fakeMetadata', { value: new Map() })
class Changed extends EventTarget {}
const allowsEval = (() => { try { new Function(''); return true } catch { return false } })()
let parse
export function check(text) {
  parse ??= allowsEval ? new Function('t', 'return t.length > 2 ? "long" : "short"') : t => 'slow'
  return [globalThis.__fakeSettings.strict, Reflect.fakeMetadata.size, Changed.name, parse(text)].join()
}
`,
    'export declare function check(text: string): string\n',
    esm,
  ),
  // A library of many years: it looks for the global object, keeps what it finds there, and feels for Node.
  ...packageOf(
    'fake-tools',
    `;(function () {
  var freeGlobal = typeof global == 'object' && global && global.Object === Object && global
  var freeSelf = typeof self == 'object' && self && self.Object === Object && self
  var root = freeGlobal || freeSelf || Function('return this')()
  var same = root === Function('return this')() && root === freeSelf
  var Buffer = root.Buffer, Date = root.Date, floor = root.Math.floor, setTimeout = root.setTimeout
  var isBuffer = Buffer ? Buffer.isBuffer : function () { return false }
  var process = root.process && root.process.versions
  exports.describe = function (n) {
    return [same, isBuffer(n), floor(n), new Date(n).toISOString(), typeof process, n instanceof Date].join(' ')
  }
  exports.now = function () { return Date.now() }
  exports.later = function () { return setTimeout(function () {}, 1) }
}).call(this)
`,
    'export declare function describe(n: number): string\nexport declare function now(): number\nexport declare function later(): number\n',
  ),
  // Code made while it is loaded.
  ...packageOf(
    'fake-compiled',
    `const build = fields => new Function('v', 'return ' + fields.map(f => 'typeof v.' + f + ' === "number"').join(' && '))
exports.valid = build(['n', 't'])
`,
    'export declare function valid(v: unknown): boolean\n',
  ),
  // Clock and randomness while it is loaded, and a class that no code outside must shadow.
  ...packageOf(
    'fake-seeded',
    `const started = new Date().getFullYear()
const table = Array.from({ length: 4 }, () => Math.floor(Math.random() * 1000))
const D = Date
class Event { constructor(n) { this.n = n } }
const process = { title: 'own' }
export const pick = n => [started, table[n % 4], new Event(n).n, process.title, new D(n).getTime()].join()
export const draw = () => Math.random()
`,
    'export declare function pick(n: number): string\nexport declare function draw(): number\n',
    esm,
  ),
  ...packageOf(
    'fake-ids',
    `import { webcrypto as crypto } from 'node:crypto'
import { inspect } from 'node:util'
const pool = new Uint8Array(8)
const kind = inspect.custom
export const id = () => (crypto.getRandomValues(pool), String(pool))
export const valid = text => /^[a-z]+$/.test(text)
export class Id { [kind]() { return 'id' } }
`,
    'export declare function id(): string\nexport declare function valid(text: string): boolean\n',
    esm,
  ),
  // A build for browsers beside the one for Node.
  ...packageOf(
    'fake-hash',
    `const { createHash } = require('crypto')
exports.hash = text => createHash('md5').update(text).digest('hex')
`,
    'export declare function hash(text: string): number\n',
    { browser: 'browser.js' },
  ),
  'node_modules/fake-hash/browser.js': `exports.hash = text => [...text].reduce((h, c) => (h * 31 + c.charCodeAt(0)) | 0, 7)
`,
  ...packageOf(
    'fake-zones',
    `const probe = new Intl.DateTimeFormat('en-US', { hourCycle: 'h23', timeZone: 'America/New_York', hour: 'numeric' })
const works = probe.format(new Date('2014-06-25T04:00:00.123Z')) === '00'
const local = () => new Intl.DateTimeFormat().resolvedOptions().locale
const isZone = zone => { try { new Intl.DateTimeFormat('en-US', { timeZone: zone }).format(); return true } catch { return false } }
exports.print = (ms, zone) => !isZone(zone) ? 'no zone' : works + ' ' + new Intl.DateTimeFormat(local(), { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' }).format(ms)
exports.shift = (ms, zone) => new Date(new Date(ms).toLocaleString('en-US', { timeZone: zone })).toISOString()
exports.implicit = ms => new Date(ms).toLocaleString()
`,
    'export declare function print(ms: number, zone: string): string\nexport declare function shift(ms: number, zone: string): string\nexport declare function implicit(ms: number): string\n',
  ),
  ...packageOf(
    'fake-patch',
    `Object.defineProperty(String.prototype, 'shout', { value() { return this.toUpperCase() }, configurable: true })
exports.shout = text => text.shout()
`,
    'export declare function shout(text: string): string\n',
  ),
  ...packageOf(
    'fake-broken',
    `const settings = document.querySelector('meta')

exports.read = () => settings
`,
    'export declare function read(): string\n',
  ),
  ...packageOf('fake-wrapper', `module.exports = require('fake-broken')\n`, 'export declare function read(): string\n'),
}
