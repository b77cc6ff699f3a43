// Makes the plan of a job's graph, with what static reading found out about its source.
//
// Promises: the same plan for the same definition, however it is formatted; ids and hashes change for what depends on a
// change and for nothing else; frozen plain data, in the order of `topologicalOrder`. Pure: no file is read, no lambda
// is called. The rules of single words are in `needs.ts`, hashes in `hash.ts`.

import { type GraphLambda, type GraphNode, type JobGraph, topologicalOrder } from '../../core/plan/graph.ts'
import type { LambdaFacts, NodeKind, Plan, PlanNode, RowTypes, SourceNode } from '../../core/plan/plan.ts'
import { ANY_JSON, type SchemaDocument, type Uses } from '../../core/plan/schema.ts'
import { EMITTING_KINDS } from '../../core/plan/words.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import type { CallFactsById, LambdaCallFacts } from '../call-facts.ts'
import { limitChains } from './chain-limit.ts'
import { fitUses } from './fit-uses.ts'
import { hashOf, lambdaForm, schemaForm, spokenParams } from './hash.ts'
import { usedPart } from './used-part.ts'
import { neededOf } from './uses.ts'

/**
 * The plan of a job. Without facts (a job that was not compiled, in a test) sources take any JSON value, every lambda
 * is taken to use everything, and a lambda's hash is that of its text. Throws `JobError` where a lambda captured a
 * value that has no hash, and where a chain is too long. `views`: the types of rows, which are no part of any hash.
 */
export function planGraph(
  graph: JobGraph,
  facts: CallFactsById = new Map(),
  views: ReadonlyMap<string, RowTypes> = new Map(),
): Plan {
  const order = topologicalOrder(graph)
  limitChains(order)
  const needed = neededOf(order, (node, slot) => lambdaFacts(facts, node, slot).uses)
  const sources = sourcesOf(order, facts, needed)
  const hashes = nodeHashes(order, facts, sources)
  const ids = nodeIds(order, hashes)
  const nodes = order.map(node => {
    const base = {
      id: ids.get(node) as string,
      kind: node.kind,
      inputs: node.inputs.map(input => ids.get(input) as string),
      params: node.params,
      lambdas: Object.fromEntries(Object.keys(node.lambdas).map(slot => [slot, namedFacts(facts, node, slot)])),
      at: callAt(facts, node),
      hash: hashes.get(node) as string,
    }
    const held = EMITTING_KINDS.has(node.kind) ? { uses: needed.get(node) } : {}
    return { ...base, ...held, ...sources.get(node) } as PlanNode
  })
  const results = graph.results.map(({ name, kind, node }) => ({
    name,
    kind,
    node: ids.get(node) as string,
    hash: hashOf({ result: kind, node: hashes.get(node) }),
    ...(kind === 'view' && views.has(name) ? { row: views.get(name) } : {}),
  }))
  return freezeDeep({ format: 1, job: graph.name, nodes, results })
}

type SourceParts = Pick<SourceNode, 'schema' | 'uses'>

/** What is validated and what is used of each source's values. */
function sourcesOf(
  order: readonly GraphNode[],
  facts: CallFactsById,
  needed: ReadonlyMap<GraphNode, Uses>,
): ReadonlyMap<GraphNode, SourceParts> {
  return new Map(
    order.filter(isSource).map(node => {
      const declared = schemaOf(facts, node)
      const uses = fitUses(needed.get(node) as Uses, declared)
      return [node, { uses, schema: node.params.validate === 'used' ? usedPart(uses, declared) : declared }]
    }),
  )
}

/** Hash of each node: all that defines it, its inputs included. */
function nodeHashes(
  order: readonly GraphNode[],
  facts: CallFactsById,
  sources: ReadonlyMap<GraphNode, SourceParts>,
): Map<GraphNode, string> {
  const hashes = new Map<GraphNode, string>()
  for (const node of order) {
    const lambdas = Object.entries(node.lambdas)
      .filter(([slot]) => !(isSource(node) && slot === 'encode'))
      .map(([slot, lambda]) => [slot, lambdaForm(lambda, callFactsOf(facts, node, slot)?.hash ?? null)])
    const source = sources.get(node)
    const definition = {
      kind: node.kind,
      inputs: node.inputs.map(input => hashes.get(input)),
      params: spokenParams(node),
      lambdas,
      schema: source === undefined ? null : schemaForm(source.schema),
      uses: isSource(node) && node.params.validate === 'used' ? source?.uses : undefined,
    }
    hashes.set(node, hashOf(definition))
  }
  return hashes
}

/** Ids: kind, the beginning of the hash, and an ordinal where several nodes are defined alike. */
function nodeIds(order: readonly GraphNode[], hashes: ReadonlyMap<GraphNode, string>): Map<GraphNode, string> {
  const counts = new Map<string, number>()
  const ids = new Map<GraphNode, string>()
  for (const node of order) {
    const stem = `${node.kind}-${(hashes.get(node) as string).slice(0, 8)}`
    const ordinal = (counts.get(stem) ?? 0) + 1
    counts.set(stem, ordinal)
    ids.set(node, ordinal === 1 ? stem : `${stem}-${ordinal}`)
  }
  return ids
}

const UNKNOWN: LambdaFacts = { at: null, usesRecord: true, uses: true }

function lambdaFacts(facts: CallFactsById, node: GraphNode, slot: string): LambdaFacts {
  const known = callFactsOf(facts, node, slot)
  if (known === undefined) return UNKNOWN
  const { at, usesRecord, uses, expression } = known
  return { at, usesRecord, uses, ...(expression === undefined ? {} : { expression }) }
}

/** With the hash that tells the lambda from an edited one. */
function namedFacts(facts: CallFactsById, node: GraphNode, slot: string): LambdaFacts {
  const form = lambdaForm(node.lambdas[slot] as GraphLambda, callFactsOf(facts, node, slot)?.hash ?? null)
  return { ...lambdaFacts(facts, node, slot), id: hashOf(form).slice(0, 8) }
}

function callFactsOf(facts: CallFactsById, node: GraphNode, slot: string): LambdaCallFacts | undefined {
  const lambda = node.lambdas[slot]
  return lambda === undefined || lambda.callId === null ? undefined : facts.get(lambda.callId)?.lambdas[lambda.slot]
}

const callAt = (facts: CallFactsById, node: GraphNode): string | null =>
  node.callId === null ? null : (facts.get(node.callId)?.at ?? null)

const isSource = (node: GraphNode<NodeKind>): node is GraphNode<'source'> => node.kind === 'source'

const TEXT: SchemaDocument = { root: { kind: 'string' }, defs: {} }

/** Lines are strings and bytes are bytes, whatever the type argument is; JSON and CSV are of the reified type. */
function schemaOf(facts: CallFactsById, node: GraphNode<'source'>): SchemaDocument {
  const { kind } = node.params.format
  if (kind === 'lines') return TEXT
  if (kind === 'bytes' || node.callId === null) return ANY_JSON
  return facts.get(node.callId)?.schema ?? ANY_JSON
}
