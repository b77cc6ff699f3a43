// The author's tsconfig: which options count in the type check, in the code and in hashes, which do not, and that it is
// said.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readJob } from '../../../compiler/1-read/read-job.ts'
import type { Reading } from '../../../compiler/1-read/reading.ts'
import { checkReading } from '../../../compiler/2-check/check-job.ts'
import { bundleJob } from '../../../compiler/3-bundle/bundle-job.ts'

type Files = Readonly<Record<string, string>>

const root = mkdtempSync(join(tmpdir(), 'lyrebird-tsconfig-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const job = (map: string, more = ''): string => `import { job, source } from 'lyrebird'
${more}
const orders = source<{ id: string; lines: string[] }>('orders').map(${map})
export default job('orders', { n: orders.keyBy(o => String(o)).count() })
`

const config = (options: object, rest: object = {}): string => JSON.stringify({ compilerOptions: options, ...rest })

/** A folder with these files; what the check of its job says. */
function check(files: Files) {
  const folder = mkdtempSync(join(root, 'job-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const path = ['job.ts', 'job.tsx', 'src/job.ts'].find(name => files[name] !== undefined) as string
  const analysis = checkReading(readJob(join(folder, path)) as Reading)
  const lambdas = [...analysis.calls.values()].flatMap(c => Object.values(c.lambdas))
  return {
    folder,
    analysis,
    said: analysis.diagnostics.map(d => `${d.word}: ${d.span === null ? d.title : d.label}`),
    hash: lambdas.map(l => l.hash).join(),
    code: async () => (await bundleJob(analysis)).bundle?.code,
  }
}

const withOptions = (text: string, options: object): Files => ({ 'job.ts': text, 'tsconfig.json': config(options) })

describe('names and syntax', () => {
  const GROUPED = job('o => Object.groupBy(o.lines, l => l.length)')
  const CLOSED = job('o => { using end = { [Symbol.dispose]() {} }; return end === null ? 1 : 2 }')

  it('knows the library that `lib` or `target` names', () => {
    expect(check({ 'job.ts': GROUPED }).said[1]).toMatch(/^type-error: Property 'groupBy' does not exist/)
    expect(check(withOptions(GROUPED, { lib: ['ES2024', 'DOM'] })).said).toEqual([])
    expect(check(withOptions(GROUPED, { target: 'ESNext' })).said).toEqual([])
    expect(check(withOptions(GROUPED, { target: 'ES2024', lib: ['ES2022'] })).said[1]).toMatch(/^type-error/)
    expect(check(withOptions(job('o => o.lines.toSorted()'), { lib: ['ES5'] })).said).toEqual([])
    expect(check(withOptions(job('o => /^\\p{L}$/v.test(o.id)'), { target: 'ES2015' })).said).toEqual([])
  })

  it('takes `using` where its types are declared, and translates it', async () => {
    const using = check(withOptions(CLOSED, { lib: ['ES2022', 'ESNext.Disposable'] }))
    expect(using.said).toEqual([])
    expect(await using.code()).not.toContain('using end')
  })

  it('closes clocks and changes of newer libraries too', () => {
    const options = { lib: ['ESNext'] }
    expect(check(withOptions(job('o => Temporal.Now.instant()'), options)).said[0]).toMatch(/^clock-in-lambda/)
    const kept = job(`o => seen.getOrInsert(o.id, 1)`, 'const seen = new Map<string, number>()')
    expect(check(withOptions(kept, options)).said[0]).toMatch(/^captured-/)
  })

  it('resolves by `baseUrl`', async () => {
    const found = check({
      'src/job.ts': job('o => tag(o.id)', "import { tag } from 'shared/tag'"),
      'src/shared/tag.ts': 'export const tag = (id: string) => "tag " + id\n',
      'tsconfig.json': config({ baseUrl: './src' }),
    })
    expect(found.said).toEqual([])
    expect(await found.code()).toContain('"tag "')
  })

  it('takes the build of a package that `customConditions` names', async () => {
    const files = {
      'job.ts': job('o => sides(o.id)', "import { sides } from 'dice'"),
      'node_modules/dice/package.json': JSON.stringify({
        name: 'dice',
        exports: { fair: { types: './i.d.ts', default: './fair.js' }, types: './i.d.ts', default: './any.js' },
      }),
      'node_modules/dice/i.d.ts': 'export declare function sides(id: string): number\n',
      'node_modules/dice/fair.js': 'export const sides = () => 6\n',
      'node_modules/dice/any.js': 'export const sides = () => 7\n',
    }
    const [fair, any] = [check({ ...files, 'tsconfig.json': config({ customConditions: ['fair'] }) }), check(files)]
    expect(await fair.code()).toContain('=> 6')
    expect(await any.code()).toContain('=> 7')
    expect(fair.hash).not.toBe(any.hash)
  })
})

describe('code that an option gives another meaning', () => {
  const FIELDS = job(
    'o => new Below(o.id).tag',
    'class Above { set tag(v: string) { this.kept = v } get tag() { return this.kept } kept = "" }\n' +
      '// @ts-expect-error a field over an accessor\n' +
      'class Below extends Above { tag = "x"; constructor(readonly id: string) { super() } }',
  )
  const DECORATED = job(
    'o => new Tagged(o.id).id',
    'function mark(target: object, key: string): void { Object.keys(target); String(key) }\n' +
      'class Tagged { @mark declare id: string; constructor(id: string) { this.id = id } }',
  )

  it('defines class fields, or assigns them, as the option or the target says', async () => {
    const assigned = check(withOptions(FIELDS, { useDefineForClassFields: false }))
    const older = check(withOptions(FIELDS, { target: 'ES2020' }))
    const defined = check(withOptions(FIELDS, { target: 'ES2022' }))
    expect(await assigned.code()).toContain('this.tag = "x"')
    expect(await older.code()).toBe(await assigned.code())
    expect(await defined.code()).not.toContain('this.tag = "x"')
    expect(older.hash).toBe(assigned.hash)
    expect(defined.hash).not.toBe(assigned.hash)
    expect(defined.hash).toBe(check({ 'job.ts': FIELDS }).hash)
  })

  it('leaves the hash of a lambda without such code as it is', () => {
    const plain = job('o => o.id.length')
    const options = { experimentalDecorators: true, target: 'ES2017', lib: ['ESNext'], jsx: 'react' }
    expect(check(withOptions(plain, options)).hash).toBe(check({ 'job.ts': plain }).hash)
  })

  it('takes decorators of the older kind, and says what metadata they miss', async () => {
    const options = { experimentalDecorators: true, target: 'ES2021' }
    const found = check(withOptions(DECORATED, options))
    expect(found.said).toEqual([])
    expect(await found.code()).toContain('__decorateClass')
    expect(check({ 'job.ts': DECORATED }).said[0]).toMatch(/^type-error/)
    expect(check(withOptions(DECORATED, { ...options, emitDecoratorMetadata: true })).said).toEqual([
      'ignored-option: a job does not follow emitDecoratorMetadata: true in tsconfig.json',
    ])
    expect(check(withOptions(job('o => o.id'), { ...options, emitDecoratorMetadata: true })).said).toEqual([])
  })

  it('translates JSX by the factory of the author', async () => {
    const text = job(
      'o => (<b>{o.id}</b>)',
      'const h = (tag: string, _: unknown, text: string) => tag + text\n' +
        'declare global { namespace JSX { type Element = string; interface IntrinsicElements { b: object } } }',
    )
    const tsx = (options: object): Files => ({ 'job.tsx': text, 'tsconfig.json': config(options) })
    const found = check(tsx({ jsx: 'react', jsxFactory: 'h' }))
    expect(found.said).toEqual([])
    expect(await found.code()).toContain('h("b"')
    expect(check(tsx({ jsx: 'preserve', jsxFactory: 'h' })).said).toContain(
      'ignored-option: a job does not follow jsx: preserve in tsconfig.json',
    )
  })
})

describe('what does not count', () => {
  const wrong = job('o => document.title + o.id')

  it('names libraries of browsers and global types where a name is not known', () => {
    const options = { lib: ['ES2023', 'DOM'], types: ['vitest/globals'], strict: false }
    expect(check(withOptions(wrong, options)).said).toEqual([
      'ignored-option: a job does not follow lib: dom, types in tsconfig.json',
      expect.stringMatching(/^type-error: Cannot find name 'document'/),
    ])
    expect(check(withOptions(job('o => o.id'), options)).said).toEqual([])
  })

  it('names stricter rules where an error was expected that does not come', () => {
    const text = job(
      'o => {\n  // @ts-expect-error may be missing\n  const first: string = o.lines[0]\n  return first }',
    )
    expect(check(withOptions(text, { noUncheckedIndexedAccess: true })).said[0]).toBe(
      'ignored-option: a job does not follow noUncheckedIndexedAccess: true in tsconfig.json',
    )
  })

  it('says what of a tsconfig cannot be read', () => {
    const plain = job('o => o.id')
    const missing = check({ 'src/job.ts': plain, 'tsconfig.json': '{ "extends": "./gone.json" }' })
    expect(missing.said).toEqual(['unreadable-config: ../tsconfig.json cannot be read whole'])
    expect(missing.analysis.diagnostics[0]?.label).toBe("Cannot read file 'gone.json'.")
    expect(check({ 'job.ts': plain, 'tsconfig.json': '{ "compilerOptions": {' }).said[0]).toMatch(/^unreadable-config/)
    expect(check(withOptions(plain, { lib: ['ES2099'] })).said[0]).toMatch(/^unreadable-config/)
    expect(check(withOptions(plain, { someday: true, module: 'NodeNext' })).said).toEqual([])
  })
})

it('follows `extends`, and the project that has the job', () => {
  const text = job('o => Object.groupBy(o.lines, l => l.length)')
  const base = config({ lib: ['ES2024'] })
  const extended = check({ 'job.ts': text, 'base.json': base, 'tsconfig.json': '{ "extends": "./base.json" }' })
  expect(extended.said).toEqual([])
  expect(extended.analysis.configuration.map(f => f.slice(extended.folder.length))).toEqual([
    '/tsconfig.json',
    '/base.json',
  ])
  const projects = check({
    'src/job.ts': text,
    'tsconfig.json': config({}, { files: [], references: [{ path: './tests.json' }, { path: './app.json' }] }),
    'tests.json': config({ lib: ['ES2022'] }, { include: ['test'] }),
    'app.json': config({ lib: ['ES2024'] }, { include: ['src'] }),
  })
  expect(projects.said).toEqual([])
})
