// Libraries in jobs, by small packages of the shapes that well-known ones have: whatever they do while they are loaded,
// batch, stream and reference agree; what is not deterministic is refused when a lambda calls it.
//
// Real packages are tried by `node scripts/libraries.mjs`.

import { describe, expect, it } from 'vitest'
import { checkJob } from '../../compiler/index.ts'
import { testJob } from '../../testing/index.ts'
import { FAKE_PACKAGES } from './support/fake-packages.ts'
import { jobFile } from './support/job-folder.ts'

/** A job whose view `last` has, for each key, what an expression over `e` gave for the last element. */
function jobOf(imports: string, expression: string): string {
  return jobFile(
    `import { job, last, source } from 'lyrebird'
${imports}
interface Event { t: number; n: number; s: string }
const events = source<Event>('events', { time: e => e.t })
export default job('library', { last: events.keyBy(e => e.s).aggregate({ v: last(e => ${expression}) }) })
`,
    FAKE_PACKAGES,
  )
}

async function valuesOf(imports: string, expression: string): Promise<unknown[]> {
  const t = await testJob(jobOf(imports, expression))
  for (const [i, s] of ['a', 'bcd', 'a', 'ef'].entries()) t.send('events', { t: i * 1000, n: i, s })
  await t.toAgree({ interleavings: 3, restarts: 2 })
  expect(t.deadLetters()).toEqual([])
  return t.view('last').map(row => (row.value as { v: unknown }).v)
}

describe('a library', () => {
  it('keeps settings on the global object, and compiles when it is first called', async () => {
    expect(await valuesOf(`import { check } from 'fake-schema'`, 'check(e.s)')).toEqual([
      'true,0,Changed,short',
      'true,0,Changed,long',
      'true,0,Changed,short',
    ])
    expect(Object.keys(globalThis)).not.toContain('__fakeSettings')
    expect('fakeMetadata' in Reflect).toBe(false)
  })

  it('looks for the global object and for Node', async () => {
    const values = await valuesOf(`import { describe } from 'fake-tools'`, 'describe(e.n)')
    expect(values[0]).toBe('true false 2 1970-01-01T00:00:00.002Z undefined false')
  })

  it('makes code while it is loaded', async () => {
    expect(await valuesOf(`import { valid } from 'fake-compiled'`, 'valid(e)')).toEqual([true, true, true])
  })

  it('asks for the time and for random numbers while it is loaded', async () => {
    const values = await valuesOf(`import { pick } from 'fake-seeded'`, 'pick(e.n)')
    expect(values[0]).toMatch(/^2000,\d+,2,own,2$/)
    expect(await valuesOf(`import { pick } from 'fake-seeded'`, 'pick(e.n)')).toEqual(values)
  })

  it('imports modules of Node that it does not use, or has a build without them', async () => {
    expect(await valuesOf(`import { valid } from 'fake-ids'`, 'valid(e.s)')).toEqual([true, true, true])
    expect(await valuesOf(`import { hash } from 'fake-hash'`, 'hash(e.s)')).toEqual([314, 305884, 9960])
  })

  it('prints times of a zone', async () => {
    expect(await valuesOf(`import { print } from 'fake-zones'`, `print(e.t, 'Asia/Tokyo')`)).toEqual(
      Array(3).fill('true Jan 1, 1970, 9:00 AM'),
    )
    const shifted = await valuesOf(`import { shift } from 'fake-zones'`, `shift(e.t, 'America/New_York')`)
    expect(shifted[0]).toBe('1969-12-31T19:00:02.000Z')
  })
})

describe('in a lambda is refused', () => {
  it.each([
    [`import { now } from 'fake-tools'`, 'now()', /Date\.now.*clock-in-lambda/],
    [`import { later } from 'fake-tools'`, 'later()', /setTimeout.*timer-in-lambda/],
    [`import { draw } from 'fake-seeded'`, 'draw()', /Math\.random.*random-in-lambda/],
    [`import { id } from 'fake-ids'`, 'id()', /node:crypto\.webcrypto.*outside-world/],
    [`import { implicit } from 'fake-zones'`, 'implicit(e.t)', /toLocaleString.*locale-in-lambda/],
  ])('%s %s', async (imports, expression, message) => {
    const t = await testJob(jobOf(imports, expression))
    t.send('events', { t: 1, n: 1, s: 'a' })
    expect(() => t.view('last')).toThrow(message)
  })
})

describe('a package that cannot be loaded', () => {
  const found = async (imports: string, expression: string): Promise<string[]> => {
    const { diagnostics } = await checkJob(jobOf(imports, expression))
    return diagnostics
      .filter(d => d.severity === 'error')
      .map(d => `${d.word} ${d.span?.file}:${d.span?.line}:${d.span?.column} ${d.title}: ${d.label}`)
  }

  it('is named, with its file and the import', async () => {
    const why = 'the package fake-broken threw while it was loaded: ReferenceError: document is not defined'
    const at = '(node_modules/fake-broken/index.js:1:18)'
    expect(await found(`import { read } from 'fake-broken'`, 'read()')).toEqual([
      `library-failed job.ts:2:22 ${why} ${at}`,
    ])
    expect(await found(`import { read } from 'fake-wrapper'`, 'read()')).toEqual([
      `library-failed job.ts:2:22 ${why} ${at}`,
    ])
  })

  it('is refused where it changes a built-in object, which is put back', async () => {
    const lines = await found(`import { shout } from 'fake-patch'`, 'shout(e.s)')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /^library-failed job\.ts:2:23 the package fake-patch .*String\.prototype\.shout.*fake-patch\/index\.js\)$/,
    )
    expect('shout' in String.prototype).toBe(false)
  })
})

it('is warned of once for each package', async () => {
  const path = jobOf(
    `import { check } from 'fake-schema'\nimport { describe, now } from 'fake-tools'`,
    '[check(e.s), check(e.s + 1), describe(e.n), now(), describe(2)].length',
  )
  const { diagnostics } = await checkJob(path)
  expect(diagnostics.map(d => `${d.word} ${d.span?.line}:${d.span?.column} ${d.label}`)).toEqual([
    'unread-library 6:88 fake-schema is an installed package',
    'unread-library 6:116 fake-tools is an installed package',
  ])
})
