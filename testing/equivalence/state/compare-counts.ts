// Compares the watermarks of a commit, and count and digest of all that each node has ever emitted, with their
// recomputation.
//
// Promises: where something is gone from the log, only of nodes that nothing which is gone has come to.

import { EMITTING_KINDS } from '../../../core/plan/words.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import { timeText } from '../../../core/time/time-text.ts'
import { sourceNodes } from '../../../run/reading/bind-log.ts'
import {
  COMPACTED,
  type ComparedPart,
  type ComparisonContext,
  NEEDS_GONE,
  type PartDifference,
  SHOWN_DIFFERENCES,
} from './comparison.ts'

export async function comparedCounts(context: ComparisonContext): Promise<readonly ComparedPart[]> {
  // A job without such nodes emits nothing.
  return [watermarks(context), emitted(context)].filter(({ of }) => of > 0)
}

interface Counted {
  readonly at: string
  readonly state: string
  readonly again: string
  /** Why it cannot be compared; null where it can. */
  readonly gone: boolean
  /** Whether a difference says nothing. */
  readonly isChangeable: boolean
}

function watermarks({ plan, snapshot, again, changeable }: ComparisonContext): ComparedPart {
  const text = ({ progress }: Pick<typeof again, 'progress'>, source: (typeof sources)[number]): string => {
    const { watermark } = progress.sourceWatermark(source)
    if (progress.sealed) return 'the end of time'
    return Number.isFinite(watermark) ? timeText(watermark) : 'none'
  }
  const sources = sourceNodes(plan)
  const all = sources.map(
    (source): Counted => ({
      at: source.params.topic,
      state: text(snapshot, source),
      again: text(again, source),
      gone: false,
      isChangeable: changeable?.tables.has(source.id) === true,
    }),
  )
  return partOf('watermarks', all)
}

function emitted({ plan, snapshot, again, comparable, changeable }: ComparisonContext): ComparedPart {
  const nodes = plan.nodes.filter(({ kind }) => EMITTING_KINDS.has(kind) || kind === 'output')
  const text = ({ progress }: Pick<typeof again, 'progress'>, node: string): string => {
    const { count, digest } = progress.digest(DIGEST.emitted(node)).summary
    return `${count} elements, digest ${digest}`
  }
  const all = nodes.map(
    ({ id, kind }): Counted => ({
      at: `${id} (${kind})`,
      state: text(snapshot, id),
      again: text(again, id),
      gone: comparable !== null && comparable.knownFrom(id) !== Number.NEGATIVE_INFINITY,
      isChangeable: changeable?.joined.has(id) === true,
    }),
  )
  return partOf('counts of all that was emitted', all)
}

function partOf(part: string, all: readonly Counted[]): ComparedPart {
  const [there, differ] = [all.filter(({ gone }) => !gone), (one: Counted) => one.state !== one.again]
  const differing = there.filter(one => differ(one) && !one.isChangeable)
  const changed = there.filter(one => differ(one) && one.isChangeable)
  const reasons = [...(there.length < all.length ? [NEEDS_GONE] : []), ...(changed.length > 0 ? [COMPACTED] : [])]
  const shown = ({ at, state, again }: Counted): PartDifference => ({ at, state, again })
  return {
    part,
    compared: there.length - changed.length,
    of: all.length,
    digest: null,
    since: null,
    left: reasons.length === 0 ? null : reasons.join('; '),
    differing: differing.length,
    differences: differing.slice(0, SHOWN_DIFFERENCES).map(shown),
  }
}
