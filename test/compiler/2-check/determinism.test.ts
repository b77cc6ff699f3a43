// Every way to give two answers for one record (semantics.md 9.1) is a diagnostic; ordinary code is none.

import { describe, expect, it } from 'vitest'
import { analyseCases, diagnosticsOf } from '../support/check-cases.ts'
import { BAD, GOOD, PRELUDE, WARNED } from './determinism-cases.ts'

/** Several jobs, since the diagnostics of one job are capped. */
const parts = [BAD.slice(0, 55), BAD.slice(55), [...WARNED, ...GOOD]].map(
  cases => analyseCases(PRELUDE, cases).diagnostics,
)
const all = parts.flat()
const wordsOf = (name: string): readonly string[] => diagnosticsOf(all, name).map(d => d.word)

describe('what could give two answers', () => {
  it.each(BAD)('$name: $word', ({ name, word }) => {
    expect(wordsOf(name)).toContain(word)
  })

  it.each(WARNED)('$name warns: $word', ({ name, word }) => {
    expect(diagnosticsOf(all, name).map(d => [d.word, d.severity])).toEqual([[word, 'warning']])
  })
})

describe('what gives one answer', () => {
  it.each(GOOD)('$name', ({ name }) => {
    expect(diagnosticsOf(all, name).map(d => `${d.word}: ${d.label}`)).toEqual([])
  })
})
