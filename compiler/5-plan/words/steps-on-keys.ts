// Steps on keys in the plan: filterKeys, flatMapKeys. Their lambdas see the key, never the value.

import type { Uses } from '../../../core/plan/schema.ts'
import type { Word } from './word.ts'

const untouched = { needs: (_node: unknown, _lambda: unknown, own: Uses): Uses => own }

export const filterKeys: Word<'filterKeys'> = untouched
export const flatMapKeys: Word<'flatMapKeys'> = untouched
