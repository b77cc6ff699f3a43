// The reference interpreter: a job's whole result at a cut, the slow and obvious way. It is the executable specification.
//
// Promises: every node is worked out from the whole log up to the cut, in topological order, with arrays and sorting; nothing
// is kept between two calls and nothing is shared with the executors but values, canonical bytes, plan and decoding.

import {
  EMITTING_KINDS,
  type Lambdas,
  nodeOf,
  type Plan,
  type PlanNode,
  type SourceNode,
  sourcesOf,
  tableRoot,
} from '../plan/plan.ts'
import {
  type Handed,
  type JobResult,
  type LateRow,
  type OutputRecord,
  sortedResult,
  type ViewRow,
  viewRowKey,
} from '../result/result.ts'
import { canonicalBytes } from '../values/canonical.ts'
import { aggregateRows } from './aggregate.ts'
import { closedElements } from './closed.ts'
import type { Element } from './element.ts'
import type { ReferenceInput } from './input.ts'
import { joinedRows } from './join-tables.ts'
import { joinedWithin } from './join-within.ts'
import { LambdaRunner } from './lambda-runner.ts'
import { distinctElements, joinedToTable, scannedElements } from './ordered.ts'
import { type Written, writtenRecords } from './outputs.ts'
import { readSource } from './sources.ts'
import { STEPS } from './steps.ts'
import { existingRows, filterRows, keptRows, mapRows, type Row } from './tables.ts'
import { deadParts, elementParts, lateParts, tally, writtenParts } from './tally.ts'

export type { InputPartition, InputRecord, ReferenceInput } from './input.ts'

export interface Program {
  readonly plan: Plan
  readonly lambdas: Lambdas
}

export interface ReferenceOptions {
  /** The history is complete: the watermark of every node is plus infinity. */
  readonly final?: boolean
}

/**
 * J(log|C) for the log up to a cut. The input names every partition of the cut.
 * Throws `log-lacks` where the job needs what the log does not carry, and `job-failed` where a lambda runs out of stack.
 */
export function reference(program: Program, input: ReferenceInput, options: ReferenceOptions = {}): JobResult {
  const run = new Run(program, input, options.final ?? false)
  for (const node of program.plan.nodes) run.evaluate(node)
  return run.result()
}

class Run {
  readonly #plan: Plan
  readonly #input: ReferenceInput
  readonly #final: boolean
  readonly #lambdas: LambdaRunner
  readonly #elements = new Map<string, readonly Element[]>()
  readonly #tables = new Map<string, readonly Row[]>()
  readonly #written = new Map<string, readonly Written[]>()
  readonly #late: LateRow[] = []
  /** Of each source, as the log has it: before `final`. */
  readonly #watermarks = new Map<string, number>()

  constructor({ plan, lambdas }: Program, input: ReferenceInput, final: boolean) {
    this.#plan = plan
    this.#input = input
    this.#final = final
    this.#lambdas = new LambdaRunner(lambdas)
  }

  evaluate(node: PlanNode): void {
    const lambdas = this.#lambdas
    switch (node.kind) {
      case 'source':
        this.#source(node)
        return
      case 'aggregate':
        this.#tables.set(node.id, aggregateRows(lambdas, node, this.#elementsBefore(node)))
        return
      case 'mapTable':
        this.#tables.set(node.id, mapRows(lambdas, node, this.#rowsBefore(node)))
        return
      case 'filterTable':
        this.#tables.set(node.id, filterRows(lambdas, node, this.#rowsBefore(node)))
        return
      case 'keep':
        // A view's own business: `closed` looks through it.
        this.#tables.set(node.id, this.#rowsBefore(node))
        return
      case 'closed':
        this.#elements.set(node.id, closedElements(lambdas, this.#rowsBefore(node), this.#watermark(node)))
        return
      case 'existing':
        this.#tables.set(node.id, existingRows(this.#rowsBefore(node)))
        return
      case 'scan':
        this.#elements.set(node.id, scannedElements(lambdas, node, this.#elementsBefore(node), this.#watermark(node)))
        return
      case 'distinct':
        this.#elements.set(node.id, distinctElements(lambdas, node, this.#elementsBefore(node), this.#watermark(node)))
        return
      case 'joinTable': {
        const versions = this.#elements.get(node.inputs[1] as string) ?? []
        const watermark = this.#watermark(node)
        this.#elements.set(node.id, joinedToTable(lambdas, node, this.#elementsBefore(node), versions, watermark))
        return
      }
      case 'joinTables': {
        const [left = [], right = []] = node.inputs.map(id => this.#tables.get(id))
        this.#tables.set(node.id, joinedRows(node.params.type, left, right))
        return
      }
      case 'changes':
        // What a changelog writes depends on the commits, and is no part of the result.
        return
      case 'joinWithin': {
        const [left = [], right = []] = node.inputs.map(id => this.#elements.get(id))
        this.#elements.set(node.id, joinedWithin(lambdas, node, [left, right], this.#watermark(node)))
        return
      }
      case 'output':
        this.#written.set(node.id, writtenRecords(lambdas, node, this.#elementsBefore(node), this.#watermark(node)))
        return
      default:
        this.#elements.set(
          node.id,
          STEPS[node.kind](
            lambdas,
            node,
            node.inputs.map(id => this.#elements.get(id) ?? []),
          ),
        )
    }
  }

  result(): JobResult {
    const { results, nodes } = this.#plan
    const views = results.filter(r => r.kind === 'view').map(r => [r.name, this.#viewRows(r.node)] as const)
    const outputs = results
      .filter(r => nodeOf(this.#plan, r.node).kind === 'output')
      .map(r => [r.name, this.#partitions(r.node)] as const)
    const sources = nodes.filter((n): n is SourceNode => n.kind === 'source')
    return sortedResult({
      views: new Map(views),
      outputs: new Map(outputs),
      late: this.#late,
      dead: this.#lambdas.letters,
      handed: this.#handed(),
      watermarks: new Map(sources.map(s => [s.id, this.#watermark(s)])),
    })
  }

  #source(node: SourceNode): void {
    const { elements, late, watermark } = readSource(node, this.#input, this.#lambdas)
    this.#elements.set(node.id, elements)
    this.#late.push(...late)
    this.#watermarks.set(node.id, watermark)
  }
  #elementsBefore(node: PlanNode): readonly Element[] {
    return this.#elements.get(node.inputs[0] as string) ?? []
  }

  #rowsBefore(node: PlanNode): readonly Row[] {
    return this.#tables.get(node.inputs[0] as string) ?? []
  }

  /** The least watermark of the sources that feed a node (semantics.md 2). */
  #logWatermark(node: PlanNode): number {
    return Math.min(...sourcesOf(this.#plan, node.id).map(s => this.#watermarks.get(s.id) as number))
  }

  #watermark(node: PlanNode): number {
    return this.#final ? Number.POSITIVE_INFINITY : this.#logWatermark(node)
  }

  /** The rows of a view: those of its table, without what any `keep` on the way drops. */
  #viewRows(id: string): ViewRow[] {
    let rows = this.#tables.get(id) ?? []
    const root = tableRoot(this.#plan, id)
    for (let node = nodeOf(this.#plan, id); node !== root; node = nodeOf(this.#plan, node.inputs[0] as string)) {
      if (node.kind === 'keep') rows = keptRows(rows, node.params.keepMs, this.#logWatermark(node))
    }
    return rows.map(({ key, window, session = false, outcome }) => {
      const rowKey = viewRowKey(window?.start, key, session ? window?.end : undefined)
      if ('error' in outcome) return { key: rowKey, value: null, error: outcome.error }
      return { key: rowKey, value: canonicalBytes(outcome.value), error: null }
    })
  }

  #partitions(id: string): OutputRecord[][] {
    const node = nodeOf(this.#plan, id)
    const count = node.kind === 'output' ? node.params.partitions : 0
    const written = this.#written.get(id) ?? []
    return Array.from({ length: count }, (_, p) => written.filter(w => w.partition === p).map(w => w.record))
  }

  #handed(): Map<string, Handed> {
    const handed = new Map([
      ['late', tally(this.#late.map(lateParts))],
      ['dead', tally(this.#lambdas.letters.map(deadParts))],
    ])
    for (const node of this.#plan.nodes) {
      if (EMITTING_KINDS.has(node.kind))
        handed.set(node.id, tally((this.#elements.get(node.id) ?? []).map(elementParts)))
      if (node.kind === 'output') handed.set(node.id, tally((this.#written.get(node.id) ?? []).map(writtenParts)))
    }
    return handed
  }
}
