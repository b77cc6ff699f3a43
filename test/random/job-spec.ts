// A random job as plain data, from which its text, its graph and its log are made.
//
// Promises: JSON. Names of sources and steps are the variables of the job's text; a step's inputs come before it.

import type { NodeKind } from '../../core/plan/plan.ts'
import type { FormatName } from './words/formats.ts'

export interface SourceSpec {
  readonly name: string
  readonly topic: string
  readonly format: FormatName
  /** Text of the lambda; null for the log's own timestamp. */
  readonly time: string | null
  readonly disorder: string
  readonly ahead: string | null
  readonly validate: 'full' | 'used'
  /** A topic of upserts, with the options for its keys; null for a stream. */
  readonly table: { readonly types: string; readonly options: string } | null
}

export interface StepSpec {
  readonly name: string
  readonly kind: NodeKind
  /** All that it reads; first the input on which the method is called. */
  readonly inputs: readonly string[]
  /** Text after the first input: `.filter(v => v.n > 1)`. Types are between « and », for the printed job alone. */
  readonly call: string
}

export interface ResultSpec {
  readonly name: string
  readonly kind: 'view' | 'output'
  readonly of: string
  /** The call that makes a result of it: `.to('out1')`; empty for a view. */
  readonly call: string
}

export interface JobSpec {
  readonly name: string
  /** Topics that are read, with their numbers of partitions. */
  readonly topics: Readonly<Record<string, number>>
  readonly sources: readonly SourceSpec[]
  readonly steps: readonly StepSpec[]
  readonly results: readonly ResultSpec[]
}
