// What an author sees: the rendered text of each diagnostic, made from the bad example of its page; the good example
// passes.
//
// The expected texts are in `rendered/MESSAGES/WORD.txt`; `vitest -u` writes them, to be reviewed by a person.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Diagnostic, diagnose, type Message } from '../../compiler/diagnostic.ts'
import { diagnosticWords, explain } from '../../compiler/explain.ts'
import { checkJob } from '../../compiler/index.ts'
import * as jobMessages from '../../compiler/messages/job.ts'
import * as lawMessages from '../../compiler/messages/laws.ts'
import { diagnosticJson, renderDiagnostic, renderDiagnostics } from '../../compiler/render-diagnostic.ts'
import { read } from '../support/repository.ts'
import { analyseCases, analyseFiles, diagnosticsOf } from './support/check-cases.ts'
import { folderOf } from './support/job-folder.ts'

const PRELUDE = `import { collectSet, count, csv, first, hopping, job, last, lines as text, mean, source, sum, type Stream, tumbling } from 'lyrebird'
interface PageView { at: string; user: string; page: string; country: string; bytes: number; ip: string; formula: string; tags: string[] }
const views = source<PageView>('page-views', { time: v => Date.parse(v.at) })
const lines = source('lines', { format: text() })
const points = source<{ level: number; x: number; y: number }>('points'); interface Sale { shop: string; cents: number | null }; const sales = source<Sale>('sales').keyBy(s => s.shop)
const check = (v: PageView): Error | null => (v.bytes < 0 ? new RangeError('negative') : null)
const flush = (v: PageView): string => v.page
const countryOf = (ip: string): string => (ip.startsWith('1') ? 'KR' : 'JP')
const locate = async (ip: string): Promise<string> => countryOf(ip)

`

/**
 * Words reported only by evaluating the job's module or testing its aggregations; rendered here with a made-up place.
 */
const LATER: ReadonlyMap<string, Message> = new Map(
  Object.values({ ...jobMessages, ...lawMessages }).map(make => {
    const message = make({
      text: 'hopping() hops further than its windows are long',
      name: 'map',
      path: 'jobs/none.ts',
      place: 'node_modules/map/index.js:1:7',
      value: 'NaN',
      fix: 'Write it otherwise.',
    })
    return [message.word, message] as const
  }),
)

/** Words about a file that is none of the job's sources. */
const WITHOUT_PLACE = new Set(['unreadable-job', 'ignored-option', 'unreadable-config'])

interface Example {
  readonly word: string
  readonly bad: string | null
  readonly good: string | null
}

function exampleOf(word: string): Example {
  const block = /```ts\n([\s\S]*?)```/.exec(explain(word) ?? '')?.[1] ?? ''
  const [, bad = null, good = null] =
    /^\/\/ (?:bad|warns)[^\n]*\n([\s\S]*?)(?:\n\/\/ (?:good|fine)[^\n]*\n([\s\S]*))?$/.exec(block) ?? []
  return { word, bad, good }
}

/** A library that can be called but has no readable source. */
const LIBRARY = {
  'node_modules/change-case/package.json':
    '{"name":"change-case","version":"1.0.0","types":"index.d.ts","main":"index.js"}',
  'node_modules/change-case/index.d.ts': 'export declare function camelCase(text: string): string\n',
  'node_modules/change-case/index.js': 'exports.camelCase = text => text\n',
}

const examples = diagnosticWords()
  .filter(word => !LATER.has(word))
  .map(exampleOf)
const analyses = [
  examples.map(e => ({ ...e, code: e.bad ?? '' })),
  examples.map(e => ({ ...e, code: e.good ?? '' })),
].map(list =>
  analyseCases(
    PRELUDE,
    list.map(e => ({ name: e.word, code: e.code })),
    LIBRARY,
  ),
)
const textOf = (file: string): string | undefined => analyses[0]?.texts.get(file)

/** The page of messages of a word, which names the folder of its expected text. */
const fileOf = (word: string): string =>
  ['determinism', 'job', 'laws', 'types'].find(name =>
    read(`compiler/messages/${name}.md`).split('\n').includes(`## ${word}`),
  ) as string

describe('every word', () => {
  it.each(examples)('$word: its bad example is reported', async ({ word }) => {
    const found = diagnosticsOf(analyses[0]?.diagnostics ?? [], word).filter(d => d.word === word)
    expect(found.length).toBeGreaterThan(0)
    await expect(renderDiagnostics(found, { textOf })).toMatchFileSnapshot(`rendered/${fileOf(word)}/${word}.txt`)
  })

  it.each(examples)('$word: its good example passes', ({ word }) => {
    expect(diagnosticsOf(analyses[1]?.diagnostics ?? [], word).map(d => `${d.word}: ${d.label}`)).toEqual([])
  })

  it.each([...LATER])('%s', async (word, message) => {
    const file = 'const a = 1\nexport const w = hopping("5m", "1h")\n'
    const span = { file: 'job.ts', start: 29, end: 36, line: 2, column: 18 }
    const d = diagnose(message, WITHOUT_PLACE.has(word) ? null : span)
    await expect(renderDiagnostic(d, { textOf: () => file })).toMatchFileSnapshot(
      `rendered/${fileOf(word)}/${word}.txt`,
    )
  })
})

describe('rendering', () => {
  const files = {
    'job.ts': `import { source } from 'lyrebird'
import { isFresh } from './lib/fresh'
const views = source<{ at: string }>('page-views')
export const recent = views
  .filter(v => isFresh(v.at))
\t.map(v => v.at)
`,
    'lib/fresh.ts': `export function isFresh(at: string): boolean {
  return age(at) < 60_000
}
const age = (at: string) => Date.now() - Date.parse(at)
`,
  }
  const analysis = analyseFiles(files)
  const [first] = analysis.diagnostics as readonly [Diagnostic]
  const options = { textOf: (file: string) => analysis.texts.get(file) }

  it('shows the helper that does it and the chain of calls', () => {
    expect(analysis.diagnostics).toHaveLength(1)
    expect(renderDiagnostic(first, options)).toBe(`clock-in-lambda  the lambda reads the clock

  lib/fresh.ts:4:29
   3 │ }
   4 │ const age = (at: string) => Date.now() - Date.parse(at)
     │                             ~~~~~~~~ Date.now gives another answer at each run
  reached from  lib/fresh.ts:2:10  return age(at) < 60_000
  reached from  job.ts:5:16  .filter(v => isFresh(v.at))

  Batch reads a record hours after the stream did, so the two would differ.
  Use the record's own time: a field of the value, or \`record.timestamp\` from the second argument.

  explain: lyrebird explain clock-in-lambda
`)
  })

  it('colours only when asked', () => {
    expect(renderDiagnostic(first, options)).not.toContain('\u001b')
    expect(renderDiagnostic(first, { ...options, colour: true })).toContain('\u001b[31mclock-in-lambda\u001b[0m')
  })

  it('gives plain data', () => {
    expect(JSON.parse(JSON.stringify(diagnosticJson(first)))).toMatchObject({
      word: 'clock-in-lambda',
      severity: 'error',
      span: { file: 'lib/fresh.ts', line: 4, column: 29 },
      related: [{ span: { file: 'lib/fresh.ts', line: 2 } }, { span: { file: 'job.ts', line: 5 } }],
    })
  })

  it('cuts long lines around the place', () => {
    const span = { file: 'job.ts', start: 500, end: 503, line: 1, column: 501 }
    const text = renderDiagnostic(
      { ...first, span, related: [] },
      { textOf: () => `${'x'.repeat(500)}bad${'y'.repeat(500)}` },
    )
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(0, 5)
          .map(line => line.length),
      ),
    ).toBeLessThan(170)
    expect(text).toContain('bad')
  })

  it('names the missing file', async () => {
    const { diagnostics } = await checkJob(join(folderOf({ 'other.ts': '' }), 'job.ts'))
    expect(diagnostics.map(d => d.word)).toEqual(['unreadable-job'])
  })
})
