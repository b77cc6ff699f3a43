// Errors that evaluating a job finds, each as a diagnostic at the author's line.

import { describe, expect, it } from 'vitest'
import type { JobAnalysis } from '../../compiler/2-check/job-analysis.ts'
import { evaluateJob } from '../../compiler/4-evaluate/evaluate-job.ts'
import type { Graphs } from '../../compiler/4-evaluate/graphs.ts'
import { planJob } from '../../compiler/5-plan/plan-job.ts'
import { checkJob } from '../../compiler/index.ts'
import * as language from '../../dsl/index.ts'
import { jobFile } from './support/job-folder.ts'

const HEAD = `import { count, job, source, tumbling } from 'lyrebird'
const views = source<{ t: number; k: string }>('views', { time: v => v.t })
`

/** `word file:line:column label` of each diagnostic. */
async function found(text: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { diagnostics } = await checkJob(jobFile(text, more))
  return diagnostics.map(
    d => `${d.word} ${d.span === null ? '-' : `${d.span.file}:${d.span.line}:${d.span.column}`} ${d.label}`,
  )
}

describe('evaluation', () => {
  it('reports nothing for a good job', async () => {
    expect(await found(`${HEAD}export default job('j', { n: views.keyBy(v => v.k).count() })`)).toEqual([])
  })

  it('reports a job file that exports nothing', async () => {
    expect(await found(`${HEAD}export const other = views`)).toEqual([
      'no-job job.ts:1:1 no default export made by job(...)',
    ])
    expect(await found(`${HEAD}export default 7`)).toEqual(['no-job job.ts:1:1 no default export made by job(...)'])
  })

  it("reports the author's line of what the module throws, through helpers", async () => {
    const helper = `export function check(n: number): number {
  if (n > 1) {
    throw new RangeError('too much')
  }
  return n
}
`
    const lines = await found(
      `import { check } from './check.ts'\n${HEAD}check(2)\nexport default job('j', { n: views.keyBy(v => v.k).count() })`,
      {
        'check.ts': helper,
      },
    )
    expect(lines).toEqual(['evaluation-failed check.ts:3:11 RangeError: too much'])
  })

  it('points at the call that the language refuses', async () => {
    const lines = await found(`${HEAD}
const sizes: string[] = ['1.5h']
const table = views
  .keyBy(v => v.k)
  .window(tumbling(sizes[0] as '1h'))
  .aggregate({ n: count() })
export default job('j', { table })`)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^bad-duration job\.ts:7:11 /)
  })

  it('points at a calendar of an unknown zone', async () => {
    const lines = await found(`import { calendar } from 'lyrebird'\n${HEAD}
export default job('j', {
  n: views
    .keyBy(v => v.k)
    .window(calendar('day', { tz: 'Europe/Berln' }))
    .count(),
})`)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^bad-window job\.ts:8:13 "Europe\/Berln" is no time zone .* Is it "Europe\/Berlin"\?$/)
  })

  it('reports what cannot be bundled', async () => {
    const lines = await found(
      `/// <reference path="./ghost.d.ts" />\nimport { ghost } from 'ghost'\n${HEAD}
export default job('j', { n: views.keyBy(v => v.k + ghost).count() })`,
      { 'ghost.d.ts': "declare module 'ghost' {\n  export const ghost: string\n}\n" },
    )
    expect(lines).toEqual(['bundle-failed job.ts:2:23 Could not resolve "ghost"'])
  })
})

describe('a bundle by itself', () => {
  const analysis: JobAnalysis = {
    diagnostics: [],
    calls: new Map(),
    views: new Map(),
    aggregations: new Map(),
    spans: new Map(),
    insertions: new Map(),
    aliases: new Map(),
    emitted: {},
    conditions: [],
    configuration: [],
    files: ['/jobs/job.ts'],
    texts: new Map([['job.ts', 'export default 1\n']]),
    folder: '/jobs',
  }
  const map = { version: 3, sources: [], sourcesContent: [], names: [], mappings: '' } as const
  const modules = new Map([['lyrebird', language]])
  const words = (code: string): string[] =>
    evaluateJob({ code, map, requires: [], importedBy: new Map() }, analysis, modules).diagnostics.map(
      d => `${d.word} ${d.label}`,
    )

  it('finds a call without a mark', () => {
    const code = `const l = require('lyrebird')
      exports.default = l.job('j', { n: l.source('t').keyBy(v => v).count() })`
    expect(words(code)).toHaveLength(1)
    expect(words(code)[0]).toMatch(/^unmarked-call /)
  })

  it('finds a job that differs at its second evaluation', () => {
    // A counter that outlives one evaluation: only a hole in the realm could make one, so the test makes it by hand.
    const counter = { n: 0 }
    const withCounter = { ...language, counter }
    const code = `const l = require('lyrebird')
      const mark = { [Symbol.for('lyrebird.site')]: 1 }
      const n = l.counter.n++
      exports.default = l.job('j', { n: l.source('t' + n, mark).keyBy(v => v, mark).count(mark) }, mark)`
    const call = { at: 'job.ts:1:1', schema: null, lambdas: {} }
    const marked = { ...analysis, calls: new Map([[1, call]]) }
    const bundle = { code, map, requires: [], importedBy: new Map() }
    const { graphs } = evaluateJob(bundle, marked, new Map([['lyrebird', withCounter]]))
    const { diagnostics } = planJob(graphs as Graphs, bundle, marked)
    expect(diagnostics.map(d => `${d.word} ${d.label}`)).toEqual([
      'unstable-job result n was another one the second time',
    ])
  })

  it('cannot load anything but the language', () => {
    expect(words("require('node:fs')")).toEqual(['evaluation-failed Error: a compiled job cannot load node:fs'])
    expect(words('process.exit(1)')).toEqual([
      "evaluation-failed TypeError: Cannot read properties of undefined (reading 'exit')",
    ])
    expect(words("String.prototype.loud = () => 'A'")).toEqual([
      'evaluation-failed loading the job changed built-in objects (String.prototype.loud), which all code shares; lyrebird explain prototype-patch',
    ])
    expect('loud' in String.prototype).toBe(false)
  })
})
