// The functions of an author's aggregation as columns call them: results checked and normalised, failures typed.
//
// Promises: a `plus` that fails ends the run and names the author's place, since where it fails depends on the order of
// merging; a `present` that fails throws a `PresentFault`, which makes the row an error row.
// Not here: the states (`custom-column.ts`).

import { LyrebirdError, messageOf, mustNotEndRun } from '../../errors.ts'
import type { Lambdas, PlanNode } from '../../plan/plan.ts'
import { fieldReason, isThenable, REASON, unencodableReason } from '../../result/refusals.ts'
import type { ViewError } from '../../state/row-codec.ts'
import type { RowOutcome } from '../../tables/table-chain.ts'
import { normalise, Unencodable } from '../../values/canonical.ts'
import type { CustomAggregator } from './custom-column.ts'

/** Finds `path:line:column` of the author's code in a thrown error. */
type SiteOf = (error: unknown) => string | undefined

/** Thrown by `present` of a column: it makes the row an error row. */
class PresentFault extends Error {
  readonly error: ViewError

  constructor(error: ViewError, thrown: unknown) {
    super(error.reason, { cause: thrown })
    this.name = 'PresentFault'
    this.error = error
  }
}

export function customAggregator(node: PlanNode, field: string, lambdas: Lambdas, siteOf: SiteOf): CustomAggregator {
  const own = lambdas[node.id] as Readonly<Record<string, (...args: unknown[]) => unknown>>
  const plus = own[`${field}.plus`] as (a: unknown, b: unknown) => unknown
  const present = own[`${field}.present`] as (state: unknown) => unknown
  return {
    plus(a, b) {
      try {
        const sum = plus(a, b)
        if (sum === a) return a // 0 where it is -0
        return sum === b ? b : checked(sum)
      } catch (error) {
        return stop(node, field, error, siteOf)
      }
    },
    present(state) {
      try {
        return checked(present(state))
      } catch (error) {
        mustNotEndRun(node.id, error, node.lambdas[`${field}.present`]?.at ?? undefined)
        throw new PresentFault({ node: node.id, reason: fieldReason(field, reasonOf(error)) }, thrownIn(error))
      }
    },
  }
}

/** The value of a row from its columns; an error row where the author's `present` fails. */
export function presented(present: () => unknown): Exclude<RowOutcome, { kind: 'absent' }> {
  try {
    return { kind: 'value', value: present() }
  } catch (error) {
    if (!(error instanceof PresentFault)) throw error
    return { kind: 'error', error: error.error, thrown: error.cause }
  }
}

/** Thrown where a function gave a promise. */
const PROMISE: unique symbol = Symbol('promise')

function checked(result: unknown): unknown {
  if (isThenable(result)) throw PROMISE
  return normalise(result)
}

function reasonOf(error: unknown): string {
  if (error === PROMISE) return REASON.promise
  return error instanceof Unencodable ? unencodableReason('value', error.reason) : REASON.threw
}

const thrownIn = (error: unknown): unknown => (error === PROMISE || error instanceof Unencodable ? undefined : error)

function stop(node: PlanNode, field: string, error: unknown, siteOf: SiteOf): never {
  const at = node.lambdas[`${field}.plus`]?.at ?? node.at ?? undefined
  mustNotEndRun(node.id, error, at)
  const site = siteOf(thrownIn(error)) ?? at
  const what =
    error === PROMISE
      ? 'returned a promise'
      : error instanceof Unencodable
        ? `returned a state without canonical bytes: ${error.path} is ${error.reason}`
        : `threw: ${messageOf(error)}`
  const place = site === undefined ? '' : `, at ${site},`
  throw new LyrebirdError('job-failed', `plus of the aggregation in field ${field}${place} ${what}`, {
    where: { node: node.id, field, site },
    hint: 'where plus is called depends on the order of merging, so this cannot be a dead letter: make plus take any two states that lift and plus can give',
    cause: error,
  })
}
