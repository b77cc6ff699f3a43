// A closed row on its way to the `closed` nodes of its table.
//
// Promises: each node counts it in its digest and emits it; an error row is one dead letter of the lambda that failed,
// however many nodes it would reach (semantics.md 5.5).

import type { EmitFunction } from '../emitted/emitted-module.ts'
import type { Recorder } from '../emitted/recorder.ts'
import { canonicalBytes } from '../values/canonical.ts'
import type { TableConsumer } from './consumers.ts'
import type { RowOutcome } from './table-chain.ts'

/** Emits an element to everything behind a `closed` node. */
export type EmitClosed = (closed: string, ...element: Parameters<EmitFunction>) => void

export class ClosedRow {
  readonly #identity: Uint8Array
  readonly #time: number
  readonly #key: unknown
  /** Nodes whose failure already is a dead letter. */
  #reported: Set<string> | null = null

  constructor(key: unknown, time: number, identity: Uint8Array) {
    this.#key = key
    this.#time = time
    this.#identity = identity
  }

  /** Emits to all nodes behind one chain, given what the words of the chain make of the row. */
  emitTo({ closed }: TableConsumer, outcome: RowOutcome, emit: EmitClosed, report: Recorder): void {
    if (outcome.kind === 'absent') return
    if (outcome.kind === 'error') return this.#deadLetter(outcome, report)
    const bytes = canonicalBytes(outcome.value)
    for (const { node, digest } of closed) {
      digest.addRow(this.#identity, bytes)
      emit(node, this.#key, outcome.value, this.#time, this.#identity)
    }
  }

  #deadLetter({ error, thrown }: Extract<RowOutcome, { kind: 'error' }>, report: Recorder): void {
    this.#reported ??= new Set()
    if (!this.#reported.has(error.node)) report.rowThrew(error.node, this.#identity, error.reason, thrown)
    this.#reported.add(error.node)
  }
}
