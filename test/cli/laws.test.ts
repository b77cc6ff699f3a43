// `check` of a job whose aggregation breaks a law, and of one that keeps them all.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSealed, writeSealed } from '../../cli/cache/sealed-text.ts'
import { project, run } from './lyrebird.ts'

const JOB = `import { aggregation, job, source } from 'lyrebird'
interface View { readonly at: number; readonly page: string; readonly bytes: number }
const largest = aggregation<View, View | null, string>({
  zero: null,
  lift: v => v,
  plus: (a, b) => {
    if (a === null || b === null) return a ?? b
    return a.bytes > b.bytes ? a : b
  },
  present: v => v?.page ?? '',
})
const views = source<View>('views', { time: v => v.at })
export default job('largest', { pages: views.keyBy(() => 'all').aggregate({ page: largest() }) })
`

test('an unlawful aggregation: a counter-example at its plus, exit 3, also from the cached verdict', async () => {
  const folder = project({ 'job.ts': JOB })
  const first = await run(folder, ['check', 'job.ts'])
  expect(first).toMatchObject({ code: 3, err: expect.stringMatching(/1 error in job\.ts\n$/) })
  expect(first.out).toMatch(/^unlawful-aggregation .*\n\n {2}job\.ts:6:9\n/)
  expect(first.out).toMatch(/\n {2}plus\(a, b\) is .*\n {2}plus\(b, a\) is /)

  const laws = join(folder, '.lyrebird/cache/laws')
  const [kept, ...more] = readdirSync(laws)
  expect(more).toEqual([])
  const path = join(laws, kept as string)
  writeSealed(path, readSealed(path)?.replace('plus(b, a) is ', 'plus(b, a) was ') ?? '')
  const again = await run(folder, ['check', 'job.ts', '--json'])
  expect(again.code).toBe(3)
  const [diagnostic] = (JSON.parse(again.out) as { diagnostics: { word: string; details: string[] }[] }).diagnostics
  expect(diagnostic).toMatchObject({ word: 'unlawful-aggregation', span: { line: 6, column: 9 } })
  expect(diagnostic?.details.at(-1)).toMatch(/^plus\(b, a\) was /)
})

test('an aggregation with unsafeMonoid is listed, exit 0', async () => {
  const folder = project({ 'job.ts': JOB.replace('zero: null', "unsafeMonoid: 'sizes differ', zero: null") })
  const { code, out } = await run(folder, ['check', 'job.ts'])
  expect(code).toBe(0)
  expect(out).toMatch(/^unsafe-monoid {2}warning: .*\n\n {2}job\.ts:6:9\n[\s\S]*not tested, because: sizes differ\n/)
})
