// Each deliberate defect turns its suite red: a suite that misses a mutant proves nothing about what it guards.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../support/repository.ts'
import { DEPLOYMENT_MUTANTS } from './deployment-mutants.ts'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'
import { ROW_MUTANTS } from './row-mutants.ts'
import { expectCaught, LIMIT_MS } from './run-mutant.ts'
import { SINK_MUTANTS } from './sink-mutants.ts'

const OWN = [...MUTANTS, ...DEPLOYMENT_MUTANTS]
const ALL = [...OWN, ...SINK_MUTANTS, ...ROW_MUTANTS]

it('has at least eight, each with a name of its own', () => {
  expect(ALL.length).toBeGreaterThanOrEqual(8)
  expect(new Set(ALL.map(m => m.name)).size).toBe(ALL.length)
})

it('each changes a text that occurs once: a module that cannot be loaded fails its suite too', () => {
  const occurrences = ({ file, find }: Mutant): number => readFileSync(join(ROOT, file), 'utf8').split(find).length - 1
  expect(ALL.filter(mutant => occurrences(mutant) !== 1).map(({ name }) => name)).toEqual([])
})

it.each(OWN)('$name is caught by $suite', { timeout: LIMIT_MS }, expectCaught)
