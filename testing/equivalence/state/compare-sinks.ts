// Compares sinks with the rows of the state: what applications read is what the state has.
//
// Promises: a sink moves with every commit, so that each is compared at a commit of its own, with the rows that the
// state has there; the sentence says which.

import { messageOf } from '../../../core/errors.ts'
import { compareSink } from '../../../run/feed/compare-sink.ts'
import type { RowSinks } from '../../../run/feed/feeds.ts'
import { askedSinks } from '../../../run/feed/row-feeds.ts'
import { type ComparedPart, type Comparison, type PartDifference, SHOWN_DIFFERENCES } from './comparison.ts'

/** The comparison of the sinks of a configuration with the state in a directory. */
export function comparedSinks(sinks: RowSinks, directory: string): Comparison {
  return async ({ plan, snapshot }) => {
    if (snapshot.job === null) return []
    const parts: ComparedPart[] = []
    for (const { view, place, sink } of askedSinks(plan, sinks, snapshot.job.id)) {
      try {
        const compared = await compareSink(directory, plan, view, sink)
        parts.push(typeof compared === 'string' ? notCompared(view, `${place} ${compared}`) : partOf(view, compared))
      } catch (error) {
        parts.push(notCompared(view, messageOf(error)))
      } finally {
        await sink.close()
      }
    }
    return parts
  }
}

const notCompared = (view: string, left: string): ComparedPart => ({
  part: `sink ${view}`,
  compared: 0,
  of: 0,
  digest: null,
  since: null,
  left,
  differing: 0,
  differences: [],
})

type Compared = Exclude<Awaited<ReturnType<typeof compareSink>>, string>

function partOf(view: string, { rows, found }: Compared): ComparedPart {
  const different = (keys: readonly string[], is: string, shouldBe: string): PartDifference[] =>
    keys.map(at => ({ at, state: is, again: shouldBe }))
  const differences = [
    ...different(found.differing, 'another row in the sink', 'that of the state'),
    ...different(found.missing, 'no row in the sink', 'that of the state'),
    ...different(found.foreign, 'a row in the sink', 'none'),
  ]
  return {
    part: `sink ${view}`,
    compared: rows,
    of: rows,
    digest: null,
    since: null,
    left: null,
    differing: differences.length,
    differences: differences.slice(0, SHOWN_DIFFERENCES),
  }
}
