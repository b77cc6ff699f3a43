// A closed row on its way to the `closed` nodes of its table.
//
// Promises: counted in the tally of each node and handed on by it; a row that failed is a dead letter of the lambda that failed, one
// however many nodes it would reach (decision 8).

import { canonicalBytes } from '../canonical.ts'
import type { HandOnFunction } from './contract.ts'
import type { Recorder } from './recorder.ts'
import type { RowOutcome } from './table-chain.ts'
import type { TableEnd } from './table-ends.ts'

/** Hands an element on to everything behind a `closed` node. */
export type HandClosed = (closed: string, ...element: Parameters<HandOnFunction>) => void

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
  handTo({ closed }: TableEnd, outcome: RowOutcome, handOn: HandClosed, report: Recorder): void {
    if (outcome.kind === 'absent') return
    if (outcome.kind === 'error') return this.#bury(outcome, report)
    const bytes = canonicalBytes(outcome.value)
    for (const { node, tally } of closed) {
      tally.add(this.#identity, bytes)
      handOn(node, this.#key, outcome.value, this.#time, this.#identity)
    }
  }

  #bury({ error, thrown }: Extract<RowOutcome, { kind: 'error' }>, report: Recorder): void {
    if (!this.#buried.has(error.node)) report.rowThrew(error.node, this.#identity, error.reason, thrown)
    this.#buried.add(error.node)
  }
}
