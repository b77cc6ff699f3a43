// What the types of a job cost: a job of 200 nodes makes a bounded number of types, however fast the executor is.
//
// Leaves to `npm run bench:types`: the time, which is to stay below 1.5 s.

import { expect, test } from 'vitest'
import { largeJob } from '../../bench/large-job.mjs'
import { typesMade } from '../support/type-cases.ts'

test('a job of 200 nodes is checked without a flood of types', () => {
  const small = typesMade(largeJob(11, '../../dsl/index.ts'))
  const large = typesMade(largeJob(200, '../../dsl/index.ts'))
  expect([small.messages, large.messages]).toEqual([[], []])
  // About 300 types a node; a type that is worked out for every pair of nodes would be felt here at once.
  expect(large.count - small.count).toBeLessThan(60_000)
})
