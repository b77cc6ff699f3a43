// What a plan is asked for, against the slow way: every input followed again for each question.

import { expect, it } from 'vitest'
import type { Plan, PlanNode, SourceNode } from '../../../core/plan/plan.ts'
import { nodeOf, nodesBehind, sourcesOf } from '../../../core/plan/plan-index.ts'
import { JOBS } from '../../support/jobs/jobs.ts'

/** Ids of all nodes that a node depends on. */
function reached(plan: Plan, id: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(id)) return seen
  seen.add(id)
  for (const input of (plan.nodes.find(n => n.id === id) as PlanNode).inputs) reached(plan, input, seen)
  return seen
}

it.each(Object.entries(JOBS))('answers for job %s', (_name, { build }) => {
  const { plan } = build()
  for (const node of plan.nodes) {
    const behind = plan.nodes.filter(n => reached(plan, node.id).has(n.id))
    expect(nodeOf(plan, node.id)).toBe(node)
    expect(nodesBehind(plan, node.id)).toEqual(behind)
    expect(sourcesOf(plan, node.id)).toEqual(behind.filter(n => n.kind === 'source'))
  }
})

it('knows no other node', () => {
  expect(() => nodeOf({ format: 1, job: 'empty', nodes: [], results: [] }, 'map-1')).toThrow('no node map-1')
})

it('answers for a plan of tens of thousands of nodes', () => {
  const source = { id: 'source-1', kind: 'source', inputs: [], lambdas: {} } as unknown as SourceNode
  const map = (i: number): PlanNode =>
    ({
      id: `map-${i}`,
      kind: 'map',
      inputs: [i === 0 ? source.id : `map-${i - 1}`],
      lambdas: {},
    }) as unknown as PlanNode
  const nodes = [source, ...Array.from({ length: 50_000 }, (_, i) => map(i))]
  const plan: Plan = { format: 1, job: 'long', nodes, results: [] }
  expect(sourcesOf(plan, 'map-49999')).toEqual([source])
  expect(nodesBehind(plan, 'map-49999')).toHaveLength(50_001)
})
