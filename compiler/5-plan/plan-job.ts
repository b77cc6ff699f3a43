// The fifth phase: the plan of an evaluated job, if both evaluations give the same one.
//
// Promises: a job that differs in its second evaluation is refused; what planning throws is a diagnostic at the
// author's line.

import type { Plan } from '../../core/plan/plan.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { Bundle } from '../3-bundle/bundle.ts'
import type { Graphs } from '../4-evaluate/graphs.ts'
import { inUtc } from '../4-evaluate/in-utc.ts'
import { thrownByJob } from '../4-evaluate/thrown-by-job.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { unstableJob } from '../messages/job.ts'
import { planGraph } from './plan-graph.ts'
import { sameInstants } from './same-instant.ts'

/** The plan and its warnings, or what is wrong. */
type Planned =
  | { readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }
  | { readonly plan: null; readonly diagnostics: readonly Diagnostic[] }

export function planJob({ graph, again }: Graphs, bundle: Bundle, analysis: JobAnalysis): Planned {
  // Values that lambdas captured are read while a graph is planned, by the author's code.
  return inUtc(() => {
    try {
      const plan = planGraph(graph, analysis.calls, analysis.views)
      const difference =
        again === null ? 'it exported no job' : differenceOf(plan, planGraph(again, analysis.calls, analysis.views))
      if (difference !== null) return failed(diagnose(unstableJob({ text: difference }), null))
      return { plan, diagnostics: sameInstants(graph, analysis.spans) }
    } catch (error) {
      return failed(thrownByJob(error, bundle, analysis))
    }
  })
}

const failed = (diagnostic: Diagnostic): Planned => ({ plan: null, diagnostics: [diagnostic] })

function differenceOf(first: Plan, second: Plan): string | null {
  if (JSON.stringify(first) === JSON.stringify(second)) return null
  if (first.job !== second.job) return `it was called ${first.job} and then ${second.job}`
  const changed = first.results.find((r, i) => r.hash !== second.results[i]?.hash)
  return changed === undefined ? 'its results differ' : `result ${changed.name} was another one the second time`
}
