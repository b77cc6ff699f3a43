// The fourth phase: evaluates a bundled job in the closed realm, twice, and takes the graphs that it exports.
//
// Promises: what the job's module throws is a diagnostic at the author's line. The module can reach the language and
// nothing else of the host. Whether both graphs mean the same is checked by `5-plan`.

import { compileFunction } from 'node:vm'
import { type GraphNode, graphOf, type JobGraph, topologicalOrder } from '../../core/plan/graph.ts'
import { WORDS } from '../../core/plan/words.ts'
import { closedRealm, REALM_NAMES } from '../../core/realm/closed-realm.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { Bundle } from '../3-bundle/bundle.ts'
import { AFTER, BEFORE, PARAMETERS } from '../3-bundle/closed-code.ts'
import { placeIn } from '../3-bundle/places.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { noJob, unmarkedCall } from '../messages/job.ts'
import type { Graphs } from './graphs.ts'
import { inUtc } from './in-utc.ts'
import type { JobModules } from './job-modules.ts'
import { JOB_SCRIPT, thrownByJob } from './thrown-by-job.ts'

/** Both graphs, or what is wrong. */
type Evaluated =
  | { readonly graphs: Graphs; readonly diagnostics: readonly [] }
  | { readonly graphs: null; readonly diagnostics: readonly Diagnostic[] }

/** `modules` are those that the bundle requires, by name, as the job gets them. */
export function evaluateJob(bundle: Bundle, analysis: JobAnalysis, modules: JobModules): Evaluated {
  return inUtc(() => {
    try {
      const graph = graphIn(bundle, modules)
      if (graph === null) return failed(diagnose(noJob(), placeIn(analysis.texts, jobFile(analysis), 1, 1)))
      const unseen = topologicalOrder(graph).find(node => node.callId === null || !analysis.calls.has(node.callId))
      if (unseen !== undefined) return failed(diagnose(unmarkedCall({ name: spelling(unseen) }), null))
      return { graphs: { graph, again: graphIn(bundle, modules) }, diagnostics: [] }
    } catch (error) {
      return failed(thrownByJob(error, bundle, analysis))
    }
  })
}

const failed = (diagnostic: Diagnostic): Evaluated => ({ graphs: null, diagnostics: [diagnostic] })

/** The author's job file as spans name it. */
const jobFile = (analysis: JobAnalysis): string => analysis.texts.keys().next().value ?? ''

/** The graph that one evaluation exports; null where it exports no job. */
function graphIn({ code }: Bundle, modules: JobModules): JobGraph | null {
  const realm = closedRealm()
  const module: { exports: { default?: unknown } } = { exports: {} }
  const require = (name: string): unknown => {
    if (modules.has(name)) return modules.get(name)
    throw new Error(`a compiled job cannot load ${name}`)
  }
  const run = compileFunction(`${BEFORE}${code}${AFTER}`, [...PARAMETERS], { filename: JOB_SCRIPT })
  run(module.exports, module, require, ...REALM_NAMES.map(name => realm.names[name]), realm.hostModule, realm.close)
  return graphOf(module.exports.default)
}

/** How an author spells the word of a node. */
function spelling(node: GraphNode): string {
  if (node.kind === 'source' && (node as GraphNode<'source'>).params.upserts) return 'table'
  return Object.keys(WORDS[node.kind].calls)[0] as string
}
