// Reading a job: which files count, which options hold, how TypeScript's own errors are reported.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LoadedSource, loadJob } from '../../../compiler/1-read/load.ts'
import { analyseFiles } from '../support/check-cases.ts'

const JOB = `import { job, source } from 'lyrebird'
import { limit } from '@app/limits'
import table from './table.json'
import { twice } from './plain.js'
import type { Event } from './types'
const unused = 1
const views = source<Event>('t').filter(v => v.bytes > limit && v.user in table && twice(v.bytes) > 1)
export default job('j', { r: views.keyBy(v => v.user).count() })
`

const FILES = {
  'job.ts': JOB,
  'tsconfig.json': `{
    // comments are legal here
    "compilerOptions": { "paths": { "@app/*": ["./app/*"] }, "noUnusedLocals": true, "strict": false, "types": ["nothing"], "noEmit": false }
  }`,
  'app/limits.ts': 'export const limit = 3\n',
  'table.json': '{ "a": 1 }',
  'plain.js': '/** @param {number} n */\nexport function twice(n) { return n * 2 }\n',
  'types.d.ts': 'export interface Event { user: string; bytes: number }\n',
}

describe('reading a job', () => {
  it('takes paths from a tsconfig, and no option of strictness or output', () => {
    const { diagnostics, aliases, files } = analyseFiles(FILES)
    expect(diagnostics.map(d => `${d.word}: ${d.label}`)).toEqual([])
    expect([...aliases].map(([name, file]) => [name, file.endsWith('/app/limits.ts')])).toEqual([['@app/limits', true]])
    expect(files.map(f => f.split('/').at(-1))).toEqual(['job.ts', 'limits.ts', 'plain.js', 'table.json', 'types.d.ts'])
  })

  it('is strict, whatever a tsconfig says', () => {
    const job = `${JOB}export const f = (x) => x\n`
    expect(analyseFiles({ ...FILES, 'job.ts': job }).diagnostics.map(d => [d.word, d.span?.line])).toEqual([
      ['ignored-option', undefined],
      ['type-error', 9],
    ])
  })

  it('reports type errors in helpers, with the file that holds them', () => {
    const found = analyseFiles({ ...FILES, 'app/limits.ts': `export const limit: number = 'x'\n` }).diagnostics
    const [said, error] = found
    expect(said?.title).toBe('a job does not follow strict: false in tsconfig.json')
    expect([error?.word, error?.span?.file, error?.span?.line, error?.span?.column]).toEqual([
      'type-error',
      'app/limits.ts',
      1,
      14,
    ])
    expect(error?.label).toBe(`Type 'string' is not assignable to type 'number'.`)
  })

  it('reports syntax errors and missing modules', () => {
    const found = analyseFiles({ 'job.ts': `import { x } from './gone'\nexport const y = (\n` }).diagnostics
    expect(found.map(d => [d.word, d.label])).toEqual([
      ['type-error', `Cannot find module './gone' or its corresponding type declarations.`],
      ['type-error', 'Expression expected.'],
      ['type-error', `')' expected.`],
    ])
  })

  it.each([
    [`views.window(tumbling('1h'))`, 'window() needs a keyed stream: call keyBy(...) first.'],
    [
      `views.map(async v => v.bytes)`,
      'A lambda must return its result itself: no async, no promise. A call to the outside world is no operator.',
    ],
    [
      `views.keyBy(v => v.user).count().closed()`,
      'closed() needs a table with windows: call window(...) before the aggregation.',
    ],
    [`tumbling('0m')`, 'A window must have a length: write a duration such as 5m or 1h.'],
  ])('shows the sentence that a type carries: %s', (code, sentence) => {
    const head = `import { source, tumbling } from 'lyrebird'\nconst views = source<{ user: string; bytes: number }>('t')\n`
    const found = analyseFiles({ 'job.ts': `${head}${code}\nexport { tumbling, views }\n` }).diagnostics
    expect(found.filter(d => d.word === 'type-error').map(d => d.label)).toContain(sentence)
  })

  it('caps diagnostics, errors before warnings, and keeps them in order', () => {
    const head = `import { source } from 'lyrebird'\nconst views = source<{ n: number }>('t')\n`
    const lines = Array.from(
      { length: 150 },
      (_, i) => `export const r${i} = views.map(v => ${i % 2 ? 'Math.sin' : 'Date.UTC'}(v.n) + Date.now())`,
    )
    const found = analyseFiles({ 'job.ts': head + lines.join('\n') }).diagnostics
    expect(found).toHaveLength(100)
    expect(new Set(found.map(d => d.severity))).toEqual(new Set(['error']))
    expect(found.map(d => d.span?.line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 3))
  })

  it('sees an edit of a file, and the standard library without parsing it again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lyrebird-read-'))
    const path = join(folder, 'job.ts')
    const read = (text: string) => {
      writeFileSync(path, text)
      return (loadJob(path) as LoadedSource).program
    }
    const [first, second] = [read('export const a = 1\n'), read('export const a: string = 2\n')]
    rmSync(folder, { recursive: true, force: true })
    const library = (program: LoadedSource['program']) =>
      program.getSourceFiles().find(f => f.fileName.endsWith('lib.es5.d.ts'))
    expect(library(first)).toBeDefined()
    expect(library(first)).toBe(library(second))
    expect(first.getSemanticDiagnostics().map(d => d.code)).toEqual([])
    expect(second.getSemanticDiagnostics().map(d => d.code)).toEqual([2322])
  })
})
