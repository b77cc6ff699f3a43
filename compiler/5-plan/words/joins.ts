// Joins in the plan.

import { joinUses, type Uses } from '../../../core/plan/schema.ts'
import { PRESENCE, type Word } from './word.ts'

/** The value goes on as the `left` of a pair; the right side is no source's. */
export const lookup: Word<'lookup'> = {
  needs: (_node, lambda, own) => joinUses(leftOf(own), lambda('key') ?? PRESENCE),
}

/** Both halves are kept and handed on as they are. */
export const joinWithin: Word<'joinWithin'> = { needs: () => true }

const leftOf = (own: Uses): Uses => (own === true ? true : (own.left ?? PRESENCE))
