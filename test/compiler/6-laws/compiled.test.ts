// The laws of a job's aggregations in the compiler: errors at the author's line, listed reasons, cached verdicts.

import { beforeAll, describe, expect, it } from 'vitest'
import type { LawVerdict } from '../../../compiler/6-laws/verdict.ts'
import type { Diagnostic } from '../../../compiler/diagnostic.ts'
import { checkJob, hasErrors, renderDiagnostics, type VerdictStore } from '../../../compiler/index.ts'
import { jobFile } from '../support/job-folder.ts'

const HEAD = `import { aggregation, job, max, source } from 'lyrebird'
interface Reading { readonly sensor: string; readonly at: number; readonly celsius: number; readonly tags: readonly string[] }
const readings = source<Reading>('readings', { time: r => r.at })
`

const use = (field: string): string =>
  `export default job('j', { view: readings.keyBy(r => r.sensor).aggregate({ x: ${field} }) })\n`

async function check(text: string, verdicts?: VerdictStore): Promise<readonly Diagnostic[]> {
  return (await checkJob(jobFile(`${HEAD}${text}`), { verdicts })).diagnostics
}

/** `word line:column label` of each. */
const brief = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(d => `${d.word} ${d.span?.line}:${d.span?.column} ${d.label}`)

const LATEST = `const latest = aggregation<Reading, Reading | null, number>({
  zero: null,
  lift: r => r,
  plus: (a, b) => {
    if (a === null) return b
    if (b === null) return a
    return a.at > b.at ? a : b
  },
  present: r => r?.celsius ?? 0,
})
${use('latest()')}`

const LAWFUL = `const range = aggregation<number, { low: number; high: number } | null, number>({
  zero: null,
  lift: n => ({ low: n, high: n }),
  plus: (a, b) => (a === null ? b : b === null ? a : { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }),
  present: s => (s === null ? 0 : s.high - s.low),
})
${use('range(r => r.celsius)')}`

describe('an unlawful aggregation', () => {
  let found: readonly Diagnostic[] = []
  beforeAll(async () => {
    found = await check(LATEST)
  })

  it("is an error at the author's plus", () => {
    expect(brief(found)).toEqual(['unlawful-aggregation 7:9 plus(a, b) is not plus(b, a)'])
    expect(hasErrors(found)).toBe(true)
  })

  it('is reported with values, states and both sides', () => {
    const text = renderDiagnostics(found, { textOf: () => `${HEAD}${LATEST}` })
    expect(text).toMatch(/\n {2}a = lift\(\{ .*at: .*\}\), which is \{ .*at: .*\}\n {2}b = lift/)
    expect(text).toMatch(/\n {2}plus\(a, b\) is \{.*\n {2}plus\(b, a\) is \{.*\n\n {2}Batch, the stream and restarts/)
    expect(text).toContain('first(), last(), minBy()')
  })

  it('is refuted by its shape where that suffices, and still shown with values', async () => {
    const [only, ...more] = await check(`const total = aggregation<number, { n: number; high: number }, number>({
  zero: { n: 0, high: -Infinity },
  lift: n => ({ n, high: n }),
  plus: (a, b) => ({
    n: a.n + b.n,
    high: Math.max(a.high, b.high),
  }),
  present: s => s.n,
})
${use('total(r => r.celsius)')}`)
    expect(more).toEqual([])
    expect(brief([only as Diagnostic])).toEqual([
      'unlawful-aggregation 8:8 doubles round at each addition, so the order of additions shows',
    ])
    expect(only?.fix).toContain('sum()')
    expect(only?.details?.at(-1)).toMatch(/^plus\(a, plus\(b, c\)\) is/)
  })

  it('is refuted even where no values show it', async () => {
    const counted = `const counted = aggregation<string, number, number>({ zero: 0, lift: () => 1, plus: (a, b) => a + b, present: n => n })`
    const [only, ...more] = await check(`${counted}\n${use('counted(r => r.sensor)')}`)
    expect(more).toEqual([])
    expect(only).toMatchObject({ word: 'unlawful-aggregation', fix: expect.stringContaining('count()') })
    expect(only?.details).toBeUndefined()
  })

  it('has zero, lift and present tested where plus is proved', async () => {
    const found = await check(`const highest = aggregation<number, number, number>({
  zero: 0,
  lift: n => n,
  plus: Math.max,
  present: n => n,
})
${use('highest(r => r.celsius)')}`)
    expect(brief(found)).toEqual(['unlawful-aggregation 5:3 plus(zero, a) is not a'])
    expect(found[0]?.details).toEqual(['zero = 0', 'a = lift(-1), which is -1', 'plus(zero, a) is 0'])
  })

  it('is found behind a helper that makes aggregations, for the arguments of the helper', async () => {
    const found = await check(`const capped = (most: number) =>
  aggregation<readonly string[], readonly string[], number>({
    zero: [],
    lift: v => v,
    plus: (a, b) => (a.length + b.length > most ? a : [...new Set([...a, ...b])].sort()),
    present: s => s.length,
  })
${use('capped(1)(r => r.tags)')}`)
    expect(brief(found)[0]).toMatch(/^unlawful-aggregation /)
  })
})

describe('a lawful aggregation', () => {
  it('passes', async () => {
    expect(brief(await check(LAWFUL))).toEqual([])
  })

  it('may refuse values, which is reported', async () => {
    const found = await check(`const highest = aggregation<number, number, number>({
  zero: -Infinity,
  lift: n => {
    if (!Number.isFinite(n)) throw new RangeError('not finite')
    return n
  },
  plus: (a, b) => Math.max(a, b),
  present: n => n,
})
${use('highest(r => r.celsius)')}`)
    expect(brief(found)).toEqual([
      expect.stringMatching(/^refusing-lift 6:9 lift\((NaN|-?Infinity)\) throws RangeError: not finite$/),
    ])
    expect(hasErrors(found)).toBe(false)
  })
})

describe('an aggregation that is not tested', () => {
  it('is listed with its reason', async () => {
    const found = await check(LATEST.replace('zero: null', "unsafeMonoid: 'one reading a millisecond', zero: null"))
    expect(brief(found)).toEqual(['unsafe-monoid 7:9 not tested, because: one reading a millisecond'])
    expect(hasErrors(found)).toBe(false)
  })

  it('is an error where its type gives no values', async () => {
    const found = await check(`const anything = <T>() =>
  aggregation<T, bigint, number>({ zero: 0n, lift: () => 1n, plus: (a, b) => a + b, present: n => Number(n) })
${use('anything<Reading>()()')}`)
    expect(brief(found)).toEqual(['untested-aggregation 5:52 In is the type parameter T'])
  })
})

it('an aggregation made where the compiler cannot see it is an error', async () => {
  const hidden = `const make: any = aggregation
const hidden = make({ zero: 0, lift: (n: number) => n, plus: (a: number, b: number) => a - b, present: (n: number) => n })
${use('hidden() as ReturnType<typeof max>')}`
  expect((await check(hidden)).map(d => d.word)).toContain('unmarked-call')
})

describe('verdicts', () => {
  function recording(): { store: VerdictStore; kept: Map<string, LawVerdict>; reads: string[] } {
    const kept = new Map<string, LawVerdict>()
    const reads: string[] = []
    const store: VerdictStore = {
      read: hash => {
        reads.push(hash)
        return kept.get(hash) ?? null
      },
      write: (hash, verdict) => kept.set(hash, verdict),
    }
    return { store, kept, reads }
  }

  it('are cached under everything that they depend on', async () => {
    const { store, kept } = recording()
    await check(LAWFUL, store)
    expect(kept.size).toBe(1)
    await check(LAWFUL.replaceAll('range', 'spread').replace('zero: null,', 'zero: null, // none yet'), store)
    expect(kept.size).toBe(1)
    await check(LAWFUL.replace('s.high - s.low', 's.low - s.high'), store)
    expect(kept.size).toBe(2)
    await check(LAWFUL.replace('<number, {', '<1 | 2, {').replace('r => r.celsius', '() => 1 as const'), store)
    expect(kept.size).toBe(3)
  })

  it('from the cache are reported without testing again', async () => {
    const { store, kept, reads } = recording()
    const first = await check(LATEST, store)
    const [[hash, verdict]] = [...kept] as [[string, LawVerdict]]
    kept.set(hash, {
      ...verdict,
      breach: { ...(verdict.breach as NonNullable<LawVerdict['breach']>), label: 'as it was kept' },
    })
    const again = await check(LATEST, store)
    expect(first[0]?.label).toBe('plus(a, b) is not plus(b, a)')
    expect(again[0]?.label).toBe('as it was kept')
    expect(reads).toEqual([hash, hash])
  })
})
