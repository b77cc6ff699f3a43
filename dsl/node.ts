// Making nodes of the graph, and the marks that the compiler appends to calls.
//
// Promises: everything made here is frozen. Only the last argument can be a mark, and a job runs without marks too.

import { CALL_MARK, type CallMark, type GraphLambda, type GraphNode } from '../core/plan/graph.ts'
import { JobError, type JobErrorWord } from '../core/plan/job-error.ts'
import type { NodeKind, NodeParams } from '../core/plan/plan.ts'
import { freezeDeep } from '../core/values/freeze-deep.ts'

/** One call of the language: the author's arguments, and the call's id where the compiler gave it one. */
export class Call {
  readonly args: readonly unknown[]
  readonly callId: number | null
  readonly #mark: CallMark | null

  constructor(given: readonly unknown[]) {
    const last = given.at(-1)
    const marked = typeof last === 'object' && last !== null && CALL_MARK in last
    this.#mark = marked ? (last as CallMark) : null
    this.callId = this.#mark?.[CALL_MARK] ?? null
    this.args = marked ? given.slice(0, -1) : given
  }

  /** The lambda in an argument; `what` is how a message calls it, such as `map()`. */
  lambda(value: unknown, slot: GraphLambda['slot'], what: string): GraphLambda {
    if (typeof value !== 'function') this.fail('bad-argument', `${what} needs a function, got ${wordFor(value)}.`)
    const captured = this.#mark?.captured?.[slot] ?? null
    return Object.freeze({ fn: value as GraphLambda['fn'], callId: this.callId, slot, captured })
  }

  fail(word: JobErrorWord, message: string): never {
    throw new JobError(word, message, this.callId)
  }

  /** The properties of an options object. Throws `bad-option` where it has others than `names`. */
  options(value: unknown, names: readonly string[], what: string): Readonly<Record<string, unknown>> {
    if (value === undefined) return {}
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail('bad-argument', `the options of ${what} are an object, got ${wordFor(value)}.`)
    }
    for (const name of Object.keys(value)) {
      if (!names.includes(name)) {
        this.fail('bad-option', `${what} has no option "${name.slice(0, 40)}"; it has ${names.join(', ')}.`)
      }
    }
    return value as Record<string, unknown>
  }

  node<K extends NodeKind>(
    kind: K,
    inputs: readonly GraphNode[],
    params: NodeParams[K],
    lambdas: Readonly<Record<string, GraphLambda>> = {},
  ): GraphNode<K> {
    return Object.freeze({
      kind,
      inputs: Object.freeze([...inputs]),
      params: freezeDeep(params),
      lambdas: Object.freeze({ ...lambdas }),
      callId: this.callId,
    })
  }
}

/** The property of a stream, table or output that holds its node. Recognised across bundles. */
export const NODE: unique symbol = Symbol.for('lyrebird.node') as never

/** The node inside a stream, table or output; null for anything else. */
export function nodeIn(value: unknown): GraphNode | null {
  if (typeof value !== 'object' || value === null || !(NODE in value)) return null
  return value[NODE] as GraphNode
}

/** How a message names the value that was given. */
export function wordFor(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  if (typeof value === 'object') return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
