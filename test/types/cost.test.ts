// What the types of a job cost: a job of 200 nodes makes a bounded number of types.
//
// Not here: the time, which is to stay below 1.5 s (`npm run bench:types`).

import { expect, test } from 'vitest'
import { largeJob } from '../../bench/large-job.mjs'
import { typesMade } from '../support/type-cases.ts'

test('a job of 200 nodes is checked without a flood of types', () => {
  const small = typesMade(largeJob(11, '../../dsl/index.ts'))
  const large = typesMade(largeJob(200, '../../dsl/index.ts'))
  expect([small.messages, large.messages]).toEqual([[], []])
  // About 300 types for each node; one type for every pair of nodes would exceed the bound.
  expect(large.count - small.count).toBeLessThan(60_000)
})
