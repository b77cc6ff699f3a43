// `job`: the results of a job by name.
//
// Promises: a frozen value that holds the whole graph, with the types of all results in its type. Nothing is registered
// anywhere.

import { type GraphNode, JOB, type JobGraph } from '../core/plan/graph.ts'
import type { Mistake } from './mistake.ts'
import { type IsIdentifier, jobName, resultName } from './names.ts'
import { Call, nodeIn, wordFor } from './node.ts'
import type { AnyOutput, AnyStream, AnyTable } from './streams/streams.ts'

declare const RESULTS: unique symbol

/** A job: what `job(name, results)` makes and a job file exports by default. */
export interface Job<out Results = unknown> {
  readonly name: string
  readonly [RESULTS]: Results
}

/** Types: the results of a job. */
export type ResultsOf<J> = J extends { readonly [RESULTS]: infer Results } ? Results : never

type Checked<Results> = {
  readonly [Name in keyof Results]: IsIdentifier<Extract<Name, string>> extends true
    ? Results[Name] extends AnyTable | AnyOutput
      ? unknown
      : Results[Name] extends AnyStream
        ? Mistake<'A stream is no result: write it to a topic with to(...), or aggregate it to a table.'>
        : Mistake<'A result is a table (a view) or an output: stream.to(...).'>
    : Mistake<`${Extract<Name, string>} is no name for a view or an output: use letters, digits and _, beginning with a letter.`>
}

/**
 * Names the results of a job: each property is a view (a table) or an output (`stream.to('topic')`).
 *
 *     export default job('page-views', { traffic })
 */
export function job<Results extends object>(name: string, results: Checked<Results> & Results): Job<Results>
export function job(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const name = jobName(call.args[0], call)
  const results = call.args[1]
  if (typeof results !== 'object' || results === null || Array.isArray(results)) {
    call.fail('bad-argument', `job() takes its results as an object of tables and outputs, got ${wordFor(results)}.`)
  }
  const named = Object.keys(results)
    .sort()
    .map(key => resultOf(call, resultName(key, call), (results as Record<string, unknown>)[key]))
  if (named.length === 0) call.fail('no-results', `job ${name} has no results: name a view or an output.`)
  const graph: JobGraph = Object.freeze({ name, results: Object.freeze(named) })
  checkOutputs(call, graph)
  return Object.freeze({ name, [JOB]: graph })
}

type Named = JobGraph['results'][number]

function resultOf(call: Call, name: string, value: unknown): Named {
  const node = nodeIn(value)
  if (node === null) call.fail('bad-argument', `result ${name} is no table and no output, but ${wordFor(value)}.`)
  if (WRITERS.has(node.kind)) return Object.freeze({ name, kind: 'output', node })
  if (TABLES.has(node.kind)) return Object.freeze({ name, kind: 'view', node })
  return call.fail('bad-argument', `result ${name} is a stream: write it to a topic with to(...), or aggregate it.`)
}

const TABLES: ReadonlySet<string> = new Set(['aggregate', 'mapTable', 'filterTable', 'keep', 'existing', 'joinTables'])

const WRITERS: ReadonlySet<string> = new Set(['output', 'changes'])

/** Each topic is written by one output, and no job reads the topic that it writes. */
function checkOutputs(call: Call, graph: JobGraph): void {
  const writers = new Map<string, string>()
  const read = topicsRead(graph)
  for (const { name, node } of graph.results) {
    if (!WRITERS.has(node.kind)) continue
    const { topic } = (node as GraphNode<'output' | 'changes'>).params
    const other = writers.get(topic)
    if (other !== undefined) call.fail('duplicate-output', `outputs ${other} and ${name} both write to topic ${topic}.`)
    if (read.has(topic)) call.fail('bad-topic', `output ${name} writes to topic ${topic}, which the job reads.`)
    writers.set(topic, name)
  }
}

function topicsRead(graph: JobGraph): Set<string> {
  const topics = new Set<string>()
  const seen = new Set<GraphNode>()
  const todo = graph.results.map(r => r.node)
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    if (node.kind === 'source') topics.add((node as GraphNode<'source'>).params.topic)
    todo.push(...node.inputs)
  }
  return topics
}
