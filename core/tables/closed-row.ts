// A closed row on its way to the `closed` nodes of its table.
//
// Promises: counted in the tally of each node and handed on by it; a row that failed is a dead letter of the lambda that failed, one
// however many nodes it would reach (decision 8).

import type { EmitFunction } from '../emitted/emitted-module.ts'
import type { Recorder } from '../emitted/recorder.ts'
import { canonicalBytes } from '../values/canonical.ts'
import type { RowOutcome } from './table-chain.ts'
import type { TableEnd } from './table-sink.ts'

/** Hands an element on to everything behind a `closed` node. */
export type EmitClosed = (closed: string, ...element: Parameters<EmitFunction>) => void

export class ClosedRow {
  readonly #identity: Uint8Array
  readonly #time: number
  readonly #key: unknown
  /** Nodes whose failure has been told. */
  readonly #buried = new Set<string>()

  constructor(key: unknown, time: number, identity: Uint8Array) {
    this.#key = key
    this.#time = time
    this.#identity = identity
  }

  /** To all nodes of one end, given what the words of its chain make of the row. */
  emitTo({ closed }: TableEnd, outcome: RowOutcome, emit: EmitClosed, report: Recorder): void {
    if (outcome.kind === 'absent') return
    if (outcome.kind === 'error') return this.#deadLetter(outcome, report)
    const bytes = canonicalBytes(outcome.value)
    for (const { node, tally } of closed) {
      tally.add(this.#identity, bytes)
      emit(node, this.#key, outcome.value, this.#time, this.#identity)
    }
  }

  #deadLetter({ error, thrown }: Extract<RowOutcome, { kind: 'error' }>, report: Recorder): void {
    if (!this.#buried.has(error.node)) report.rowThrew(error.node, this.#identity, error.reason, thrown)
    this.#buried.add(error.node)
  }
}
