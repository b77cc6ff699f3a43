// Words that hold elements back in the plan: scan, distinct, joinTable. What they hold is handed on as a whole, or kept in the state.

import type { Word } from './word.ts'

const whole = { needs: () => true as const }

export const scan: Word<'scan'> = whole
export const distinct: Word<'distinct'> = whole
export const joinTable: Word<'joinTable'> = whole
