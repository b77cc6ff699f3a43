// The registry of words says of each word what is true of it elsewhere.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { NodeKind } from '../../../core/plan/plan.ts'
import { callLambdas, EMITTING_KINDS, WORDS, type Word } from '../../../core/plan/words.ts'
import * as language from '../../../dsl/index.ts'
import { ROOT } from '../../support/repository.ts'

const { source, tumbling } = language
const words: readonly (readonly [NodeKind, Word])[] = Object.entries(WORDS) as [NodeKind, Word][]
const file = (name: string): string => name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

it('is spelt as the language has it', () => {
  const keyed = source<{ k: string }>('t').keyBy(v => v.k)
  const table = keyed.window(tumbling('1h')).aggregate({ n: language.count() })
  const methods = [keyed, keyed.window(tumbling('1h')), table, table.changes()].flatMap(value =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(value)),
  )
  const known = new Set([...methods, ...Object.keys(language)])
  expect(Object.keys(callLambdas()).filter(call => !known.has(call))).toEqual([])
})

it.each(words)('%s: what it keeps and emits fits what it is made of', (_kind, word) => {
  // What is kept, an operator keeps; a step between elements or rows has none.
  if (word.keeps !== null) expect(word.operator).not.toBeNull()
  if (word.operator === null) expect(word.keeps).toBeNull()
  // Elements come to a node by emitted code, rows by the sinks of tables.
  expect(word.emitter !== null).toBe(word.takes === 'elements' || word.takes === 'keyed elements')
  if (word.emits !== null) expect(word.makes).toBe('keyed elements')
})

it.each(words)('%s: its parts are where a reader looks for them', (_kind, { emitter, operator }) => {
  if (emitter !== null) expect(existsSync(join(ROOT, 'compiler/7-emit/words', `${file(emitter)}.ts`))).toBe(true)
  const folder = join(ROOT, 'core/operators', file(operator ?? ''))
  if (operator !== null) expect(existsSync(join(folder, `${file(operator)}.ts`))).toBe(true)
})

it('emits what is held back by joins, closed windows and words in the order of time', () => {
  expect([...EMITTING_KINDS].sort()).toEqual(['closed', 'distinct', 'joinTable', 'joinWithin', 'scan'])
})
