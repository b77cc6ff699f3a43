// `source` in the plan.

import { joinUses } from '../../../core/plan/schema.ts'
import { PRESENCE, type Word } from './word.ts'

/** Strings and bytes have no parts that a decoder could leave out. */
export const source: Word<'source'> = {
  needs: (node, lambda, own) => {
    const { kind } = node.params.format
    return kind === 'lines' || kind === 'bytes'
      ? true
      : [own, lambda('time') ?? PRESENCE, lambda('key') ?? PRESENCE].reduce(joinUses)
  },
}
