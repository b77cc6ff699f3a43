// Evaluates a bundled job in the closed realm, twice, and takes the graph that it exports.
//
// Promises: what the job's module throws is a diagnostic at the author's line; two evaluations that give two plans are one too.
// Nothing of the world is reachable for the module but the language. Leaves to `3-plan`: what the graph means.

import { compileFunction } from 'node:vm'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { isLyrebirdError } from '../../core/errors.ts'
import { type GraphNode, graphOf, type JobGraph, topologicalOrder } from '../../core/plan/graph.ts'
import { isJobError, type JobErrorWord } from '../../core/plan/job-error.ts'
import type { NodeKind, Plan } from '../../core/plan/plan.ts'
import { closedRealm, REALM_NAMES } from '../../core/realm/closed-realm.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { Bundle, SourceMap } from '../3-bundle/bundle.ts'
import { placeIn } from '../3-bundle/places.ts'
import { planJob } from '../5-plan/plan-job.ts'
import { type Diagnostic, diagnose, type Message, type Span } from '../diagnostic.ts'
import {
  badArgument,
  badDuration,
  badName,
  badOption,
  badTopic,
  badWindow,
  duplicateOutput,
  evaluationFailed,
  noJob,
  noResults,
  notKeyed,
  notWindowed,
  unmarkedCall,
  unstableJob,
} from '../messages/job.ts'

export type Modules = ReadonlyMap<string, unknown>

/** A plan with its graph, which holds the author's closures; or what is wrong. */
export type Evaluated =
  | { readonly plan: Plan; readonly graph: JobGraph; readonly diagnostics: readonly [] }
  | { readonly plan: null; readonly diagnostics: readonly Diagnostic[] }

const SCRIPT = 'lyrebird-job.cjs'

/** `modules` are those that the bundle requires, by name, as the job gets them. */
export function evaluateJob(bundle: Bundle, analysis: JobAnalysis, modules: Modules): Evaluated {
  const zone = process.env.TZ
  process.env.TZ = 'UTC'
  try {
    const graph = graphIn(bundle, modules)
    if (graph === null) return failed(diagnose(noJob(), placeIn(analysis.texts, jobFile(analysis), 1, 1)))
    const unseen = topologicalOrder(graph).find(node => node.callId === null || !analysis.calls.has(node.callId))
    if (unseen !== undefined) return failed(diagnose(unmarkedCall({ name: wordOf(unseen) }), null))
    const plan = planJob(graph, analysis.calls)
    const again = graphIn(bundle, modules)
    const difference = again === null ? 'it exported no job' : differenceOf(plan, planJob(again, analysis.calls))
    if (difference !== null) return failed(diagnose(unstableJob({ text: difference }), null))
    return { plan, graph, diagnostics: [] }
  } catch (error) {
    return failed(thrown(error, bundle.map, analysis))
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
}

const failed = (diagnostic: Diagnostic): Evaluated => ({ plan: null, diagnostics: [diagnostic] })

/** The author's job file as spans name it. */
const jobFile = (analysis: JobAnalysis): string => analysis.texts.keys().next().value ?? ''

function graphIn({ code }: Bundle, modules: Modules): JobGraph | null {
  const realm = closedRealm()
  const module: { exports: { default?: unknown } } = { exports: {} }
  const require = (name: string): unknown => {
    if (modules.has(name)) return modules.get(name)
    throw new Error(`a compiled job cannot load ${name}`)
  }
  const run = compileFunction(`'use strict'\n${code}`, ['exports', 'module', 'require', ...REALM_NAMES], {
    filename: SCRIPT,
  })
  run(module.exports, module, require, ...REALM_NAMES.map(name => realm[name]))
  return graphOf(module.exports.default)
}

const SPELT: Readonly<Partial<Record<NodeKind, string>>> = {
  mapTable: 'mapValues',
  filterTable: 'filter',
  existing: 'toTable',
}

/** Some words are spelt otherwise in the language. */
function wordOf(node: GraphNode): string {
  if (node.kind === 'source' && (node as GraphNode<'source'>).params.upserts) return 'table'
  return SPELT[node.kind] ?? node.kind
}

function differenceOf(first: Plan, second: Plan): string | null {
  if (JSON.stringify(first) === JSON.stringify(second)) return null
  if (first.job !== second.job) return `it was called ${first.job} and then ${second.job}`
  const changed = first.results.find((r, i) => r.hash !== second.results[i]?.hash)
  return changed === undefined ? 'its results differ' : `result ${changed.name} was another one the second time`
}

const WORDS: Readonly<Record<JobErrorWord, (p: { readonly text: string }) => Message>> = {
  'bad-name': badName,
  'bad-topic': badTopic,
  'bad-duration': badDuration,
  'bad-window': badWindow,
  'bad-option': badOption,
  'bad-argument': badArgument,
  'not-keyed': notKeyed,
  'not-windowed': notWindowed,
  'no-results': noResults,
  'duplicate-output': duplicateOutput,
}

function thrown(error: unknown, map: SourceMap, analysis: JobAnalysis): Diagnostic {
  const place = placeOf(error, map, analysis)
  if (isJobError(error)) {
    const span = error.callId === null ? place : (analysis.spans.get(error.callId) ?? place)
    return diagnose(WORDS[error.word]({ text: error.message }), span)
  }
  const text = isLyrebirdError(error) ? `${error.message}; ${error.hint}` : textOf(error)
  return diagnose(evaluationFailed({ text }), place)
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${typeof error}`
}

/** The first frame of the stack that lies in an author's file. `'use strict'` stands on a line of its own before the bundle. */
function placeOf(error: unknown, map: SourceMap, analysis: JobAnalysis): Span | null {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  const trace = new TraceMap(map as ConstructorParameters<typeof TraceMap>[0])
  for (const [, line, column] of stack.matchAll(/lyrebird-job\.cjs:(\d+):(\d+)/g)) {
    const at = originalPositionFor(trace, { line: Number(line) - 1, column: Number(column) - 1 })
    if (at.source === null) continue
    const span = placeIn(analysis.texts, at.source, at.line, at.column + 1)
    if (span !== null) return span
  }
  return null
}
