// Steps from values to values in the plan: map, filter, flatMap, mapValues, keyBy, merge.

import { joinUses, type Uses } from '../../../core/plan/schema.ts'
import { PRESENCE, type Word } from './word.ts'

/** Another value: what is needed of it is in the lambda's hands. */
const another = { needs: (_node: unknown, lambda: (slot: string) => Uses | null): Uses => lambda('fn') ?? PRESENCE }

/** The same value goes on: what is needed of it behind the step is needed here too. */
const same = {
  needs: (_node: unknown, lambda: (slot: string) => Uses | null, own: Uses): Uses =>
    joinUses(own, lambda('fn') ?? PRESENCE),
}

export const map: Word<'map'> = another
export const mapValues: Word<'mapValues'> = another
export const flatMap: Word<'flatMap'> = another
export const filter: Word<'filter'> = same
export const keyBy: Word<'keyBy'> = same
export const merge: Word<'merge'> = { needs: (_node, _lambda, own) => own }
