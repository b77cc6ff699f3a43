// `to` in the plan: it writes the value as a whole.

import type { Word } from './word.ts'

export const output: Word<'output'> = { needs: () => true }
