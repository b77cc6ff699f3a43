// Tests of the hostile jobs by the test kit: records as bytes, expectations as text, agreement of all executors at the
// end.

import { fileURLToPath } from 'node:url'
import type { Job } from '../../../dsl/index.ts'
import { testJob } from '../../../testing/index.ts'
import type { JobTest } from '../../../testing/job-test.ts'

export type AnyJobTest = JobTest<Job<unknown>>

export const hostilePath = (name: string): string => fileURLToPath(new URL(`../jobs/${name}.ts`, import.meta.url))

/** A fresh test of a job of `test/hostile/jobs`; compiled once for each process. */
export const hostileJob = (name: string): Promise<AnyJobTest> => testJob(hostilePath(name))

/** Dead letters by position: `$.n: expected number, got string`, or the reason alone where there is no path. */
export function deadBy(t: AnyJobTest): Map<string, string> {
  const letters = t.deadLetters().map(d => [d.at, d.path === undefined ? d.reason : `${d.path}: ${d.reason}`] as const)
  return new Map(letters)
}

/** Whether the prototypes that all objects share are unchanged. */
export function prototypesAreClean(): boolean {
  const shared = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
  return shared.every(p => Object.keys(p).length === 0) && !('polluted' in {})
}

/** `inside` within `depth` pairs of `open` and `close`: `nested('[', ']', 3, '1')` is `[[[1]]]`. */
export const nested = (open: string, close: string, depth: number, inside: string): string =>
  open.repeat(depth) + inside + close.repeat(depth)
