// The compiler runs in the order of its folders' numbers: 1-read, 2-check, ... 7-emit.

import { describe, expect, it } from 'vitest'
import { codeFiles, folderOf } from '../support/repository.ts'
import { type Import, importsOf } from './support/modules.ts'

/** The main file of each phase: what compiler/index.ts calls, in this order. */
const MAIN_FILES = [
  'compiler/1-read/read-job.ts',
  'compiler/2-check/check-job.ts',
  'compiler/3-bundle/bundle-job.ts',
  'compiler/4-evaluate/evaluate-job.ts',
  'compiler/5-plan/plan-job.ts',
  'compiler/6-laws/law-diagnostics.ts',
  'compiler/7-emit/emit-artefact.ts',
]

/** What other folders may import: the compiler as a whole, and entries that load neither TypeScript nor esbuild. */
const ENTRIES = [
  'compiler/index.ts',
  'compiler/diagnostic.ts',
  'compiler/explain.ts',
  'compiler/package-root.ts',
  'compiler/plan-graph.ts',
  'compiler/render-diagnostic.ts',
]

/** Packages that take seconds to load. */
const HEAVY = ['ts-morph', 'esbuild', 'magic-string', 'fast-check']

/** The number of the phase that a file belongs to; null for files of no phase. */
function phaseOf(file: string): number | null {
  const number = /^compiler\/(\d)-[a-z]+\//.exec(file)?.[1]
  return number === undefined ? null : Number(number)
}

const imports: readonly Import[] = codeFiles().flatMap(importsOf)
const inside = imports.filter(i => folderOf(i.from) === 'compiler')
const outside = imports.filter(i => folderOf(i.from) !== 'compiler' && i.to.startsWith('compiler/'))

describe('phases of the compiler', () => {
  it('are the seven that index.ts runs', () => {
    const phases = new Set(codeFiles().map(phaseOf))
    expect(MAIN_FILES.map(phaseOf)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect([...phases].filter(phase => phase !== null).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    const called = importsOf('compiler/index.ts').map(i => i.to)
    expect(called.filter(file => MAIN_FILES.includes(file))).toEqual(MAIN_FILES)
  })

  it('import no later one', () => {
    expect(inside.filter(({ from, to }) => (phaseOf(to) ?? 0) > (phaseOf(from) ?? 9))).toEqual([])
  })

  it('are run by index.ts alone', () => {
    expect(inside.filter(({ from, to }) => MAIN_FILES.includes(to) && from !== 'compiler/index.ts')).toEqual([])
    // Besides it only the light entries import from a phase, for data alone.
    const entering = inside.filter(({ from, to }) => phaseOf(from) === null && phaseOf(to) !== null)
    expect(entering.filter(({ from }) => !ENTRIES.includes(from))).toEqual([])
  })

  it('are not entered from outside of the compiler', () => {
    const strangers = outside.filter(({ from, to }) => {
      if (folderOf(from) !== 'test') return !ENTRIES.includes(to)
      return phaseOf(to) !== null && !from.startsWith('test/compiler/')
    })
    expect(strangers).toEqual([])
  })
})

it('light entries load nothing heavy', () => {
  const reached = new Set(ENTRIES.slice(1))
  for (const file of reached) for (const { to } of inside.filter(i => i.from === file)) reached.add(to)
  expect([...reached].filter(to => HEAVY.includes(to))).toEqual([])
})
