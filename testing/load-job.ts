// A job under test from what the author gave: a value, or the path of its file.

import { planJob } from '../compiler/3-plan/plan-job.ts'
import { LyrebirdError } from '../core/errors.ts'
import { graphOf, lambdasOf } from '../core/graph.ts'
import type { Program } from '../core/reference/reference.ts'
import type { Prove } from './job-test.ts'

export interface LoadedJob {
  readonly program: Program
  /** Null where the job cannot be compiled. */
  readonly prove: Prove | null
}

export async function loadJob(job: unknown): Promise<LoadedJob> {
  const graph = graphOf(job)
  if (graph === null) {
    throw new LyrebirdError('usage', 'this is no job', { hint: 'give what job(...) made, or the path of its file' })
  }
  const plan = planJob(graph)
  return { program: { plan, lambdas: lambdasOf(plan, graph) }, prove: null }
}
