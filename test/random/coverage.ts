// Which kinds of nodes have met as producer and consumer, counted on plans.
//
// Promises: aggregations count by the kinds of their fields and of their window, sources by their format; all possible
// pairs are known beforehand, so that one that is never met is seen.

import type { Plan, PlanNode } from '../../core/plan/plan.ts'
import type { Shape } from './shape.ts'
import { FORMATS } from './words/formats.ts'
import { AGGREGATION_KINDS, fieldLabel, TABLES, WINDOW_KINDS, windowLabel } from './words/table-words.ts'
import { WINDOWS } from './words/windows.ts'
import { STREAMS } from './words/word.ts'
import { WORDS } from './words/words.ts'

export class PairCounts {
  readonly #counts = new Map<string, number>()

  get(pair: string): number {
    return this.#counts.get(pair) ?? 0
  }

  /** Counts the pair of each edge of a plan. */
  add(plan: Plan): void {
    const byId = new Map(plan.nodes.map(node => [node.id, node]))
    for (const node of plan.nodes) {
      for (const [index, id] of node.inputs.entries()) {
        for (const producer of labelsOf(byId.get(id) as PlanNode)) {
          for (const consumer of consumerLabels(node, index)) this.#count(`${producer} > ${consumer}`)
        }
      }
      for (const pair of innerPairs(node)) this.#count(pair)
    }
  }

  /** Pairs with their counts, the least met first; every possible pair is included. */
  sorted(): readonly (readonly [pair: string, count: number])[] {
    const pairs = new Set([...possiblePairs(), ...this.#counts.keys()])
    return [...pairs].map(pair => [pair, this.get(pair)] as const).sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
  }

  #count(pair: string): void {
    this.#counts.set(pair, this.get(pair) + 1)
  }
}

/** The labels of a node in pairs. */
export function labelsOf(node: PlanNode): readonly string[] {
  if (node.kind === 'source') return [node.params.upserts ? 'source:table' : `source:${node.params.format.kind}`]
  if (node.kind !== 'aggregate') return [node.kind]
  return [...new Set(node.params.fields.map(f => fieldLabel(f.kind))), windowLabel(node.params.window.kind)]
}

function consumerLabels(node: PlanNode, index: number): readonly string[] {
  if (index === 0 || node.kind === 'merge') return labelsOf(node)
  return [`${node.kind}:right`]
}

/** The pairs of window and fields in one aggregation. */
function innerPairs(node: PlanNode): string[] {
  if (node.kind !== 'aggregate') return []
  const window = windowLabel(node.params.window.kind)
  return [...new Set(node.params.fields.map(f => `${window} > ${fieldLabel(f.kind)}`))]
}

interface Label {
  readonly name: string
  readonly takes: readonly Shape[]
  readonly gives: readonly Shape[]
}

/** Every pair that a job can have. */
export function possiblePairs(): readonly string[] {
  const all = labels()
  const meets = (a: Label, b: Label): boolean => a.gives.some(shape => b.takes.includes(shape))
  const edges = all.flatMap(a => all.flatMap(b => (meets(a, b) ? [`${a.name} > ${b.name}`] : [])))
  const inner = WINDOW_KINDS.flatMap(w => AGGREGATION_KINDS.map(k => `${windowLabel(w)} > ${fieldLabel(k)}`))
  // The versions of a table are read by joins and by the aggregation that keeps the newest ones.
  const versions = ['joinTable:right', fieldLabel('last'), windowLabel('global')].map(l => `source:table > ${l}`)
  const made = Object.values(WORDS).flatMap(word => (word?.pair === undefined ? [] : [word.pair]))
  return [...new Set([...edges, ...inner, ...versions, ...made])]
}

function labels(): Label[] {
  const formats = new Set(Object.values(FORMATS).map(f => f.kind))
  return [
    ...[...formats].map(kind => ({ name: `source:${kind}`, takes: [], gives: ['stream'] as const })),
    { name: 'output', takes: STREAMS, gives: [] },
    { name: 'changes', takes: TABLES, gives: [] },
    ...Object.entries(WORDS).flatMap(([kind, word]): Label[] => {
      if (word === null || kind === 'aggregate') return []
      if (word.pair !== undefined) return [{ name: kind, takes: [], gives: word.gives }]
      const others = Object.entries(word.others ?? {}).map(([name, takes]) => ({ name, takes, gives: [] }))
      return [{ name: kind, takes: word.takes, gives: word.gives }, ...others]
    }),
    ...AGGREGATION_KINDS.map(kind => ({
      name: fieldLabel(kind),
      takes: ['keyed'] as const,
      gives: ['global', 'timed', 'session'] as const,
    })),
    ...WINDOW_KINDS.map(kind => ({ name: windowLabel(kind), takes: ['keyed'] as const, gives: [WINDOWS[kind].gives] })),
  ]
}
