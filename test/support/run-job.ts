// Jobs written in the language, through the plan and the reference, without the compiler.

import type { CallFactsById } from '../../compiler/call-facts.ts'
import { planGraph } from '../../compiler/plan-graph.ts'
import { graphOf, type JobGraph, lambdasOf } from '../../core/plan/graph.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { type Program, type ReferenceOptions, reference } from '../../core/reference/reference.ts'
import type { JobResult } from '../../core/result/result.ts'

export function graph(job: unknown): JobGraph {
  const found = graphOf(job)
  if (found === null) throw new Error('not a job')
  return found
}

export function programOf(job: unknown, facts?: CallFactsById): Program & { readonly plan: Plan } {
  const plan = planGraph(graph(job), facts)
  return { plan, lambdas: lambdasOf(plan, graph(job)) }
}

/** The result of a job over a log written by hand. */
export function runJob(job: unknown, log: ReferenceInput, options: ReferenceOptions = {}): JobResult {
  return reference(programOf(job), log, options)
}
