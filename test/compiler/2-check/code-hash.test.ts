// The hash of a lambda: independent of formatting, comments, types and file names; changes with anything that the
// lambda runs.

import { describe, expect, it } from 'vitest'
import { analyseCases, type FileCase } from '../support/check-cases.ts'

const PRELUDE = `import { source } from 'lyrebird'
interface Event { user: string; bytes: number; tags: string[] }
const events = source<Event>('events')
`

interface Pair {
  readonly name: string
  readonly a: string | readonly [string, string]
  readonly b: string | readonly [string, string]
}

const SAME: readonly Pair[] = [
  {
    name: 'formatting',
    a: 'events.map(v => ({ u: v.user, n: v.bytes + 1 }))',
    b: 'events.map((v) => {\n  return ({ u: (v.user), n: (v.bytes) + 1, }); })'
      .replace('{\n  return ', '')
      .replace('; })', ')'),
  },
  { name: 'comments', a: 'events.map(v => v.bytes)', b: 'events.map(/* size */ v => v.bytes // in bytes\n)' },
  { name: 'quotes', a: `events.map(v => v.user + 'a')`, b: 'events.map(v => v.user + "a")' },
  { name: 'quoted-keys', a: `events.map(v => ({ a: v.user }))`, b: `events.map(v => ({ 'a': v.user }))` },
  { name: 'types', a: 'events.map(v => v.bytes)', b: 'events.map((v: Event): number => (v.bytes as number)!)' },
  { name: 'numbers', a: 'events.map(v => v.bytes * 1000)', b: 'events.map(v => v.bytes * 1e3)' },
  {
    name: 'semicolons',
    a: 'events.map(v => { const n = v.bytes; return n })',
    b: 'events.map(v => { const n = v.bytes\nreturn n; })',
  },
  {
    name: 'where-a-helper-stands',
    a: ['const f = (n: number) => n + 1\nexport const r = events.map(v => f(v.bytes))', ''],
    b: [
      `import { f } from './HELPER'\nexport const r = events.map(v => f(v.bytes))`,
      'export const f = (n: number): number => n + 1',
    ],
  },
  {
    name: 'what-else-is-there',
    a: 'events.map(v => v.bytes)',
    b: 'events.map(v => v.bytes)\nexport const other = 3\nexport function unused() { return 4 }',
  },
  {
    name: 'interface',
    a: 'events.map(v => v.bytes)',
    b: 'events.map(v => { interface X { a: string }; return v.bytes })'
      .replace('{ interface X { a: string }; return ', '')
      .replace(' })', ')'),
  },
]

const DIFFERENT: readonly Pair[] = [
  { name: 'constant', a: 'events.map(v => v.bytes + 1)', b: 'events.map(v => v.bytes + 2)' },
  { name: 'operator', a: 'events.map(v => ++v.bytes)', b: 'events.map(v => --v.bytes)' },
  {
    name: 'pattern',
    a: 'events.map(({ user: bytes }) => bytes)',
    b: 'events.map(({ user = bytes }) => bytes)'.replace('= bytes', `= 'x'`),
  },
  { name: 'precedence', a: 'events.map(v => (v.bytes + 1) * 2)', b: 'events.map(v => v.bytes + 1 * 2)' },
  { name: 'optional-chain', a: 'events.map(v => v.tags.length)', b: 'events.map(v => v.tags?.length)' },
  { name: 'template', a: 'events.map(v => `a$' + '{v.user}b`)', b: 'events.map(v => `a$' + '{v.user}c`)' },
  { name: 'regexp', a: 'events.filter(v => /a/.test(v.user))', b: 'events.filter(v => /a/i.test(v.user))' },
  {
    name: 'helper',
    a: ['const f = (n: number) => n + 1\nexport const r = events.map(v => f(v.bytes))', ''],
    b: ['const f = (n: number) => n + 2\nexport const r = events.map(v => f(v.bytes))', ''],
  },
  {
    name: 'helper-file',
    a: [
      `import { f } from './HELPER'\nexport const r = events.map(v => f(v.bytes))`,
      'export const f = (n: number) => g(n)\nconst g = (n: number) => n + 1',
    ],
    b: [
      `import { f } from './HELPER'\nexport const r = events.map(v => f(v.bytes))`,
      'export const f = (n: number) => g(n)\nconst g = (n: number) => n + 2',
    ],
  },
  {
    name: 'namespace',
    a: [
      `import * as h from './HELPER'\nexport const r = events.map(v => h.f(v.bytes))`,
      'export const f = (n: number) => n + 1',
    ],
    b: [
      `import * as h from './HELPER'\nexport const r = events.map(v => h.f(v.bytes))`,
      'export const f = (n: number) => n + 2',
    ],
  },
  {
    name: 'swapped',
    a: [
      `import { f as a, g as b } from './HELPER'\nexport const r = events.map(v => a(v.bytes) - b(v.bytes))`,
      'export const f = (n: number) => n + 1\nexport const g = (n: number) => n + 2',
    ],
    b: [
      `import { g as a, f as b } from './HELPER'\nexport const r = events.map(v => a(v.bytes) - b(v.bytes))`,
      'export const f = (n: number) => n + 1\nexport const g = (n: number) => n + 2',
    ],
  },
  {
    name: 'module-constant',
    a: ['const LIMIT = 1\nexport const r = events.filter(v => v.bytes > LIMIT)', ''],
    b: ['const LIMIT = 2\nexport const r = events.filter(v => v.bytes > LIMIT)', ''],
  },
  {
    name: 'filled-table',
    a: [`const T: Record<string, number> = {}\nT['a'] = 1\nexport const r = events.map(v => T[v.user])`, ''],
    b: [`const T: Record<string, number> = {}\nT['a'] = 2\nexport const r = events.map(v => T[v.user])`, ''],
  },
  {
    name: 'filled-by-helper',
    a: [
      `const T = new Set<string>()\nfunction put(x: string) { T.add(x) }\nput('a')\nexport const r = events.filter(v => T.has(v.user))`,
      '',
    ],
    b: [
      `const T = new Set<string>()\nfunction put(x: string) { T.add(x) }\nput('b')\nexport const r = events.filter(v => T.has(v.user))`,
      '',
    ],
  },
  {
    name: 'reassigned',
    a: ['let n = 1\nn = 2\nexport const r = events.map(v => n + v.bytes)', ''],
    b: ['let n = 1\nn = 3\nexport const r = events.map(v => n + v.bytes)', ''],
  },
  {
    name: 'factory-argument',
    a: ['const over = (n: number) => (v: Event) => v.bytes > n\nexport const r = events.filter(over(1))', ''],
    b: ['const over = (n: number) => (v: Event) => v.bytes > n\nexport const r = events.filter(over(2))', ''],
  },
  {
    name: 'builder-argument',
    a: ['const build = (f: (v: Event) => number) => events.map(f)\nexport const r = build(v => v.bytes)', ''],
    b: ['const build = (f: (v: Event) => number) => events.map(f)\nexport const r = build(v => -v.bytes)', ''],
  },
  {
    name: 'json-file',
    a: [`import T from './HELPER-1.json'\nexport const r = events.map(v => (T as Record<string, number>)[v.user])`, ''],
    b: [`import T from './HELPER-2.json'\nexport const r = events.map(v => (T as Record<string, number>)[v.user])`, ''],
  },
]

function hashes(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const cases = pairs.flatMap(pair => [fileCase(`${pair.name}-1`, pair.a), fileCase(`${pair.name}-2`, pair.b)])
  const { calls: sites } = analyseCases(PRELUDE, cases, {
    'json-file-1-helper-1.json': '{"a":1}',
    'json-file-2-helper-2.json': '{"a":2}',
  })
  return new Map(
    [...sites.values()].flatMap(s => {
      const fn = s.lambdas.fn
      return fn === undefined ? [] : [[s.at.slice(0, s.at.indexOf('.ts')), fn.hash ?? '']]
    }),
  )
}

function fileCase(name: string, given: string | readonly [string, string]): FileCase {
  if (typeof given === 'string') return { name, code: `export const r = ${given}` }
  return { name, code: given[0].replace('./HELPER', `./${name}-helper`), helper: given[1] }
}

describe('hashes of lambdas', () => {
  const same = hashes(SAME)
  const different = hashes(DIFFERENT)

  it.each(SAME)('the same: $name', ({ name }) => {
    expect(same.get(`${name}-1`)).toMatch(/^[0-9a-f]{32}$/)
    expect(same.get(`${name}-2`)).toBe(same.get(`${name}-1`))
  })

  it.each(DIFFERENT)('not the same: $name', ({ name }) => {
    expect(different.get(`${name}-1`)).toMatch(/^[0-9a-f]{32}$/)
    expect(different.get(`${name}-2`)).toMatch(/^[0-9a-f]{32}$/)
    expect(different.get(`${name}-2`)).not.toBe(different.get(`${name}-1`))
  })

  it('excludes values of enclosing functions, which the mark carries', () => {
    const { calls: sites, insertions } = analyseCases(PRELUDE, [
      { name: 'loop', code: `export const r = ['a', 'b'].map(user => events.filter(v => v.user === user))` },
    ])
    expect([...insertions.values()].flat().map(i => i.text)).toContain(
      `,{[Symbol.for('lyrebird.site')]:1,captured:{fn:()=>({user})}}`,
    )
    expect([...sites.values()].some(s => s.lambdas.fn?.hash === null)).toBe(false)
  })
})
