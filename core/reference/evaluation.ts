// What evaluating a node takes and gives.

import type { NodeKind, PlanNode, PlanNodeOf } from '../plan/plan.ts'
import type { LateRow } from '../result/result.ts'
import type { Element } from './element.ts'
import type { ReferenceInput } from './input.ts'
import type { LambdaRunner } from './lambda-runner.ts'
import type { Written } from './operators/output.ts'
import type { Row } from './tables.ts'

/** All that a node gives for the log up to the cut. */
export interface Evaluated {
  /** Of a stream. */
  readonly elements: readonly Element[]
  /** Of a table. */
  readonly rows: readonly Row[]
  /** Of an output. */
  readonly written: readonly Written[]
  /** Of a source. */
  readonly late: readonly LateRow[]
  /** The least watermark of the sources that feed the node, before `final` (semantics.md 2.4). */
  readonly logWatermark: number
}

/** What an evaluation may look at. */
export interface Given<N extends PlanNode> {
  readonly node: N
  /** What the inputs of the node gave, in their order. */
  readonly inputs: readonly Evaluated[]
  /** Plus infinity where the log is final. */
  readonly watermark: number
  readonly log: ReferenceInput
  readonly runner: LambdaRunner
}

/** What it leaves out is empty; a watermark that it leaves out is the least of its inputs. */
export type Evaluation<K extends NodeKind> = (given: Given<PlanNodeOf<K>>) => Partial<Evaluated>
