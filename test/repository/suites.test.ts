// Suites that share a process (support/suites/shared-suites.ts) start nothing that has to be ended.

import { expect, it } from 'vitest'
import { codeFiles } from '../support/repository.ts'
import { isSharing, named } from '../support/suites/shared-suites.ts'
import { importsOf } from './support/modules.ts'

/** Modules that start processes. */
const STARTING = [
  'test/support/child.ts',
  'test/cli/lyrebird.ts',
  'scripts/kafka/broker.ts',
  'scripts/postgres/server.ts',
]

const suites = codeFiles().filter(file => file.endsWith('.test.ts'))

function reached(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const { to } of file.endsWith('.ts') ? importsOf(file) : []) reached(to, seen)
  return seen
}

it('suites that share a process start none', () => {
  const shared = suites.filter(isSharing)
  expect(shared.length).toBeGreaterThan(100)
  expect(shared.filter(file => STARTING.some(module => reached(file).has(module)))).toEqual([])
})

it('each suite that is named alone is there', () => {
  expect(named.filter(file => !suites.includes(file))).toEqual([])
})
