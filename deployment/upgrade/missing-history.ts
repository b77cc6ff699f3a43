// Whether the history is there that changed results are computed from.
//
// Promises: asked before anything is computed; a range that is gone is named, and what can be kept without it.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { splitPartition } from '../../core/log/cut.ts'
import { nodesBehind } from '../../core/plan/plan-index.ts'
import type { Log } from '../../logs/log.ts'
import { type Ranges, rangesNow, sourceNodes } from '../../run/reading/bind-log.ts'
import type { Upgrade } from './compare-plans.ts'

interface Gone {
  readonly name: string
  readonly from: bigint
  readonly to: bigint
}

/** Throws `range-lost` where the log no longer has what the state was computed from. */
export async function checkHistory(log: Log, upgrade: Upgrade, progress: Progress): Promise<void> {
  const { now, computed, kept } = upgrade
  const gone = goneOf(progress, await rangesNow(log, now), topicsOf(upgrade))
  if (gone.length === 0) return
  const ranges = gone.map(({ name, from, to }) => `offsets ${from} to ${to - 1n} of ${name}`).join(', ')
  const topics = new Set(gone.map(({ name }) => splitPartition(name).topic))
  const lost = computed.filter(({ node }) => sourcesBehind(upgrade, node).some(t => topics.has(t)))
  const names = lost.map(({ name }) => name).join(', ')
  const stays = kept.map(({ name }) => name).join(', ')
  const [first] = gone as [Gone]
  const keep = stays === '' ? '' : `: what is unchanged (${stays}) needs no history and can be kept`
  throw new LyrebirdError(
    'range-lost',
    `${names} cannot be computed from the beginning of the state: ${ranges} of the log are gone`,
    {
      where: { partition: first.name, from: String(first.from), to: String(first.to), results: names },
      hint:
        'give the stored files that hold them: --archive DIR; ' +
        `or compute the new version from what is left, as a state of its own: --as NEW-DIR; or leave ${names} as before${keep}`,
    },
  )
}

/** Topics that are read for what is computed. */
const topicsOf = (upgrade: Upgrade): ReadonlySet<string> =>
  new Set(upgrade.computed.flatMap(({ node }) => sourcesBehind(upgrade, node)))

const sourcesBehind = ({ now }: Upgrade, node: string): readonly string[] =>
  sourceNodes({ ...now, nodes: nodesBehind(now, node) }).map(({ params }) => params.topic)

function goneOf(progress: Progress, ranges: Ranges, topics: ReadonlySet<string>): readonly Gone[] {
  const gone: Gone[] = []
  for (const [name, position] of progress.cut) {
    if (!topics.has(splitPartition(name).topic)) continue
    const from = progress.starts.get(name) ?? 0n
    const range = ranges.get(name)
    // What lies behind the position of the state is read by whoever runs it.
    const isThere = range !== undefined && range.bare !== true && range.start < position
    const to = isThere ? range.start : position
    if (from < to) gone.push({ name, from, to })
  }
  return gone
}
