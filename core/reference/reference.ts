// The reference interpreter: a job's whole result at a cut, slow and obvious. It is the executable specification.
//
// Promises: every node is computed from the whole log up to the cut, in topological order, with arrays and sorting;
// nothing is kept between two calls, and nothing is shared with the executors but plan, values and canonical bytes,
// decoding and encoding, the words of dead letters and the definitions of sketches.

import type { Lambdas, Plan, PlanNode, SourceNode } from '../plan/plan.ts'
import { nodeOf, tableRoot } from '../plan/plan-index.ts'
import { EMITTING_KINDS } from '../plan/words.ts'
import { listedLetters } from '../result/listed-letters.ts'
import { type JobResult, type OutputRecord, sortedResult, type ViewRow, viewRowKey } from '../result/result.ts'
import { canonicalBytes } from '../values/canonical.ts'
import type { DigestSummary } from '../values/multiset-digest.ts'
import { countAndDigest, deadParts, elementParts, lateParts, writtenParts } from './digests.ts'
import type { Evaluated } from './evaluation.ts'
import { evaluationOf } from './evaluations.ts'
import type { ReferenceInput } from './input.ts'
import { LambdaRunner } from './lambda-runner.ts'
import { keptRows } from './tables.ts'

export type { InputPartition, ReferenceInput } from './input.ts'

export interface Program {
  readonly plan: Plan
  readonly lambdas: Lambdas
}

export interface ReferenceOptions {
  /** The history is complete: the watermark of every node is plus infinity. */
  readonly final?: boolean
  /** Dead letters of one source, partition and kind that are listed. Default LISTED_LETTERS. */
  readonly listedLetters?: number | undefined
}

/**
 * J(log|C) for the log up to a cut. The input names every partition of the cut.
 * Throws `log-lacks` where the job needs what the log does not carry, and `job-failed` where a lambda runs out of
 * stack.
 */
export function reference(program: Program, input: ReferenceInput, options: ReferenceOptions = {}): JobResult {
  const run = new Run(program, input, options)
  for (const node of program.plan.nodes) run.evaluate(node)
  return run.result()
}

class Run {
  readonly #plan: Plan
  readonly #log: ReferenceInput
  readonly #final: boolean
  readonly #listed: number | undefined
  readonly #runner: LambdaRunner
  /** By the id of the node. */
  readonly #evaluated = new Map<string, Evaluated>()

  constructor({ plan, lambdas }: Program, log: ReferenceInput, options: ReferenceOptions) {
    this.#plan = plan
    this.#log = log
    this.#final = options.final ?? false
    this.#listed = options.listedLetters
    this.#runner = new LambdaRunner(lambdas)
  }

  evaluate(node: PlanNode): void {
    const inputs = node.inputs.map(id => this.#of(id))
    const logWatermark = Math.min(...inputs.map(input => input.logWatermark))
    const watermark = this.#watermark(logWatermark)
    const given = evaluationOf(node.kind)({ node, inputs, watermark, log: this.#log, runner: this.#runner })
    this.#evaluated.set(node.id, { elements: [], rows: [], written: [], late: [], logWatermark, ...given })
  }

  result(): JobResult {
    const { results, nodes } = this.#plan
    const views = results.filter(r => r.kind === 'view').map(r => [r.name, this.#viewRows(r.node)] as const)
    const outputs = results
      .filter(r => nodeOf(this.#plan, r.node).kind === 'output')
      .map(r => [r.name, this.#partitions(r.node)] as const)
    const sources = nodes.filter((n): n is SourceNode => n.kind === 'source')
    const late = sources.flatMap(s => this.#of(s.id).late)
    const letters = this.#runner.letters
    return sortedResult({
      views: new Map(views),
      outputs: new Map(outputs),
      late,
      dead: listedLetters(letters, this.#plan, this.#listed),
      emitted: new Map([
        ['late', countAndDigest(late.map(lateParts))],
        ['dead', countAndDigest(letters.map(deadParts))],
        ...this.#emitted(),
      ]),
      watermarks: new Map(sources.map(s => [s.id, this.#watermark(this.#of(s.id).logWatermark)])),
    })
  }

  #of(id: string): Evaluated {
    return this.#evaluated.get(id) as Evaluated
  }

  #watermark(logWatermark: number): number {
    return this.#final ? Number.POSITIVE_INFINITY : logWatermark
  }

  /** The rows of a view: those of its table, without what any `keep` on the way drops. */
  #viewRows(id: string): ViewRow[] {
    let { rows } = this.#of(id)
    const root = tableRoot(this.#plan, id)
    for (let node = nodeOf(this.#plan, id); node !== root; node = nodeOf(this.#plan, node.inputs[0] as string)) {
      if (node.kind === 'keep') rows = keptRows(rows, node.params.keepMs, this.#of(node.id).logWatermark)
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
    const { written } = this.#of(id)
    return Array.from({ length: count }, (_, p) => written.filter(w => w.partition === p).map(w => w.record))
  }

  /** Count and digest of everything that each emitting node has emitted. */
  #emitted(): (readonly [node: string, DigestSummary])[] {
    return this.#plan.nodes.flatMap(({ id, kind }) => {
      const { elements, written } = this.#of(id)
      if (kind === 'output') return [[id, countAndDigest(written.map(writtenParts))] as const]
      return EMITTING_KINDS.has(kind) ? [[id, countAndDigest(elements.map(elementParts))] as const] : []
    })
  }
}
