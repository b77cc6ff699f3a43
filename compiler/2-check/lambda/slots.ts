// Which arguments of which calls are lambdas, from the registries of words and of aggregations.

import { aggregationCalls } from '../../../core/plan/aggregation-spec.ts'
import type { CallLambdas, LambdaPlace, Slot } from '../../../core/plan/lambda-place.ts'
import { callLambdas } from '../../../core/plan/words.ts'

export interface SlotPlace extends LambdaPlace {
  readonly slot: Slot
}

/** Calls that make no node of their own. */
const PARTS: Readonly<Record<string, CallLambdas>> = {
  format: {
    decode: { argument: 0, property: 'decode', keptAs: null },
    encode: { argument: 0, property: 'encode', keptAs: null },
  },
  snapshot: { key: { argument: 1, property: 'key', keptAs: 'a key' } },
}

/** By the name of the call. */
export const SLOTS: ReadonlyMap<string, readonly SlotPlace[]> = new Map(
  Object.entries({ ...callLambdas(), ...aggregationCalls(), ...PARTS }).map(([name, lambdas]) => [
    name,
    Object.entries(lambdas).map(([slot, place]) => ({ slot: slot as Slot, ...place })),
  ]),
)
