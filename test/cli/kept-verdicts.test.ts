// Verdicts on disk: read again by another process, harmless where they are damaged, bounded in number.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { keptVerdicts } from '../../cli/cache/kept-verdicts.ts'
import type { LawVerdict } from '../../compiler/index.ts'

const project = mkdtempSync(join(tmpdir(), 'lyrebird-verdicts-'))
writeFileSync(join(project, 'package.json'), '{}')
afterAll(() => rmSync(project, { recursive: true, force: true }))
const folder = join(project, '.lyrebird/cache/laws')

const LAWFUL: LawVerdict = {
  breach: null,
  refused: { lift: { value: 'NaN', error: 'RangeError: not a number' }, present: null },
}

it('serve the next command', () => {
  const store = keptVerdicts(join(project, 'job.ts'))
  expect(store.read('a1')).toBeNull()
  store.write('a1', LAWFUL)
  expect(keptVerdicts(join(project, 'job.ts')).read('a1')).toEqual(LAWFUL)
  expect(readdirSync(folder)).toEqual(['a1.json'])
})

it('are ignored where they are damaged', () => {
  const store = keptVerdicts(join(project, 'job.ts'))
  store.write('b2', LAWFUL)
  const text = readFileSync(join(folder, 'b2.json'), 'utf8')
  writeFileSync(join(folder, 'b2.json'), text.slice(0, 10))
  expect(store.read('b2')).toBeNull()
  for (const other of ['null', '7', '{}', '{"breach":{}}', '{"breach":null,"refused":null}']) {
    writeFileSync(join(folder, 'b2.json'), other)
    expect(store.read('b2'), other).toBeNull()
  }
})

it('are bounded in number', () => {
  const store = keptVerdicts(join(project, 'job.ts'))
  for (let i = 0; i < 230; i++) store.write(`c${i}`, LAWFUL)
  expect(readdirSync(folder).length).toBe(200)
  expect(store.read('c229')).toEqual(LAWFUL)
})
