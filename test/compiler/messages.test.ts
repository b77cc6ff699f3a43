// Messages: generated files are up to date, words are unique, and `explain` finds pages.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { diagnosticWords, explain } from '../../compiler/explain.ts'
import { JOB_ERROR_WORDS } from '../../core/plan/job-error.ts'
import { generate } from '../../scripts/messages.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('generated files', () => {
  it('are as scripts/messages.mjs writes them', () => {
    const stale = [...generate()].filter(([path, text]) => readFileSync(join(ROOT, path), 'utf8') !== text)
    expect(stale.map(([path]) => path)).toEqual([])
  })

  it('have no page of a word that does not exist', () => {
    const pages = readdirSync(join(ROOT, 'docs/diagnostics')).filter(f => f !== 'README.md')
    expect(pages.sort()).toEqual(diagnosticWords().map(word => `${word}.md`))
  })

  it('refuse a repeated word, a missing field and an unknown one', () => {
    const message = (word: string) => `## ${word}\n\n- severity: error\n- title: a\n- label: b\n- why: c\n- fix: d\n`
    expect(() => generate([['a', message('x-y') + message('x-y')]])).toThrow('x-y stands twice')
    expect(() => generate([['a', message('x-y').replace('- why: c\n', '')]])).toThrow('x-y has no why')
    expect(() => generate([['a', message('x-y').replace('- why:', '- because:')]])).toThrow('unknown field')
    expect(() => generate([['a', message('X9')]])).toThrow('X9 is no word')
  })
})

describe('explain', () => {
  it('has a page for every word, also those of evaluation', () => {
    for (const word of [...diagnosticWords(), ...Object.keys(JOB_ERROR_WORDS)]) {
      expect(explain(word)).toContain(`# ${word}\n`)
    }
  })

  it('has none for other words', () => {
    for (const word of ['clock-in-lamda', '', 'constructor']) expect(explain(word)).toBeNull()
  })
})
