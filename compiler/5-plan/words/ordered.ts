// Words that hold elements back in the plan: scan, distinct, joinTable.

import { PRESENCE, type Word } from './word.ts'

/** What is handed on is in the step's hands. */
export const scan: Word<'scan'> = { needs: (_node, lambda) => lambda('fn') ?? PRESENCE }

/** What they hold is handed on as a whole, or kept in the state. */
const whole = { needs: () => true as const }

export const distinct: Word<'distinct'> = whole
export const joinTable: Word<'joinTable'> = whole
