// Running the author's lambdas: a result, or a dead letter.
//
// Promises: at most one dead letter for each node and identity; failures that are not the element's own (a log that
// lacks something, a stack that is too small) end the run.

import { messageOf, mustNotEndRun } from '../errors.ts'
import type { Lambdas, PlanNode } from '../plan/plan.ts'
import { badValue, type DeadLetter, threw } from '../result/dead-letter.ts'
import { isThenable, REASON, unencodableReason } from '../result/refusals.ts'
import { bytesToHex, compareBytes } from '../values/bytes.ts'
import { canonicalBytes, Unencodable } from '../values/canonical.ts'

/** Not ok: a dead letter has been kept. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false }

const NONE: Outcome<never> = Object.freeze({ ok: false })

export class LambdaRunner {
  readonly lambdas: Lambdas
  readonly #letters = new Map<string, DeadLetter>()

  constructor(lambdas: Lambdas) {
    this.lambdas = lambdas
  }

  get letters(): readonly DeadLetter[] {
    return [...this.#letters.values()]
  }

  deadLetter(letter: DeadLetter): void {
    const at = `${letter.node} ${bytesToHex(letter.identity)}`
    const other = this.#letters.get(at)
    if (other === undefined || compareBytes(comparedBytes(letter), comparedBytes(other)) < 0)
      this.#letters.set(at, letter)
  }

  has(node: PlanNode, slot: string): boolean {
    return this.lambdas[node.id]?.[slot] !== undefined
  }

  /** Calls a lambda; what it throws is thrown. */
  call(node: PlanNode, slot: string, args: readonly unknown[]): unknown {
    const lambda = this.lambdas[node.id]?.[slot] as ((...args: readonly unknown[]) => unknown) | undefined
    if (lambda === undefined) throw new Error(`lyrebird invariant broken: no lambda ${slot} of node ${node.id}`)
    return lambda(...args)
  }

  /** Calls a lambda for an element; the element is a dead letter where the call throws or returns a promise. */
  run(node: PlanNode, slot: string, identity: Uint8Array, args: readonly unknown[], field?: string): Outcome<unknown> {
    return this.guard<unknown>(node, slot, identity, field, () => {
      const value = this.call(node, slot, args)
      return isThenable(value) ? this.refuse(node, slot, identity, REASON.promise, field) : { ok: true, value }
    })
  }

  /** Does something that may run the author's code (a lambda, an iterator) or encode what it gave. */
  guard<T>(
    node: PlanNode,
    slot: string,
    identity: Uint8Array,
    field: string | undefined,
    act: () => Outcome<T>,
  ): Outcome<T> {
    try {
      return act()
    } catch (error) {
      mustNotEndRun(node.id, error)
      this.deadLetter(threw(node.id, identity, { message: messageOf(error), site: siteOf(node, slot) }, field))
      return NONE
    }
  }

  /** Encodes or normalises what a lambda gave; a dead letter where that has no canonical bytes. */
  encode<T>(
    node: PlanNode,
    slot: string,
    identity: Uint8Array,
    part: 'key' | 'value' | 'output',
    act: () => T,
  ): Outcome<T> {
    return this.guard<T>(node, slot, identity, undefined, () => {
      try {
        return { ok: true, value: act() }
      } catch (error) {
        if (!(error instanceof Unencodable)) throw error
        return this.refuse(node, slot, identity, unencodableReason(part, error.reason))
      }
    })
  }

  /** Makes a dead letter of an element whose lambda returned something that cannot be used. */
  refuse(node: PlanNode, slot: string, identity: Uint8Array, reason: string, field?: string): Outcome<never> {
    this.deadLetter(badValue(node.id, identity, reason, { site: siteOf(node, slot) }, field))
    return NONE
  }
}

const comparedBytes = ({ kind, path, reason }: DeadLetter): Uint8Array => canonicalBytes({ kind, path, reason })

const siteOf = (node: PlanNode, slot: string): string | undefined => node.lambdas[slot]?.at ?? node.at ?? undefined
