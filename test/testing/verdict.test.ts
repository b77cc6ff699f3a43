// The text of a verdict: a proof that stopped early says so.

import { expect, it } from 'vitest'
import { type Verdict, verdictLines } from '../../testing/equivalence/verdict.ts'

const verdict: Verdict = {
  equal: true,
  job: 'j',
  cut: {},
  final: false,
  records: 5,
  seed: 40,
  interleavings: 3,
  asked: 10,
  stopped: null,
  commits: 9,
  restarts: 1,
  partial: null,
  sides: [],
  notes: [],
  difference: null,
}

it('says why not all schedules were run, and how to run the others', () => {
  expect(verdictLines({ ...verdict, stopped: 'the 60 s for interleavings were over' })[1]).toBe(
    '  the 60 s for interleavings were over: 7 were not run; --seed 43 --interleavings 7 runs them',
  )
  expect(verdictLines(verdict).join('\n')).not.toContain('not run')
})
