// The progress of an upgraded state: of what stays from the state, of the rest from what was computed beside it.
//
// Promises: both are at one cut. Digests of late records and dead letters count exactly the rows that the upgraded
// state has. Pure but for reading the rows of nodes that do not stay.

import { Progress } from '../../core/executor/progress.ts'
import { TimeMarks } from '../../core/executor/time-marks.ts'
import { splitPartition } from '../../core/log/cut.ts'
import type { SourceNode } from '../../core/plan/plan.ts'
import { LISTED_LETTERS } from '../../core/result/listed-letters.ts'
import { DIGEST } from '../../core/state/digests.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { comparedLength, TABLE } from '../../core/state/row-codec.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { sourceNodes } from '../../run/reading/bind-log.ts'
import type { Upgrade } from './compare-plans.ts'

/** `next`: what was computed beside; null where nothing was. */
export function composeProgress(
  upgrade: Upgrade,
  state: StateAccess,
  before: Progress,
  next: Progress | null,
): Progress {
  const progress = new Progress()
  const { now, keeps, keepsLetters, viewNames } = upgrade
  const sources = sourceNodes(now)
  takePositions(progress, sources, [before, ...(next === null ? [] : [next])])
  for (const source of sources) takeSource(progress, source, keeps(source.id) ? before : (next ?? before))
  takeByNode(upgrade, progress, before, next)
  for (const [name, digest] of before.digests()) {
    if (name.startsWith(EMITTED) && keeps(name.slice(EMITTED.length))) progress.digest(name).merge(digest)
  }
  for (const [name, digest] of next?.digests() ?? []) {
    if (name.startsWith(EMITTED) && !keeps(name.slice(EMITTED.length))) progress.digest(name).merge(digest)
  }
  for (const { kind, name } of now.results) {
    if (kind !== 'view') continue
    const old = viewNames.get(name)
    const digest = old === undefined ? next?.digest(DIGEST.view(name)) : before.digest(DIGEST.view(old))
    if (digest !== undefined) progress.digest(DIGEST.view(name)).merge(digest)
  }
  for (const [name, table] of [
    [DIGEST.late, TABLE.late],
    [DIGEST.dead, TABLE.dead],
  ] as const) {
    const digest = progress.digest(name)
    if (upgrade.whole === null) {
      digest.merge(before.digest(name))
      for (const { id } of upgrade.before.nodes) {
        if (keepsLetters(id)) continue
        for (const [key, value] of state.range(table, ...rowsOfNode(id))) digest.removeRow(key, compared(table, value))
      }
    }
    if (next !== null) digest.merge(next.digest(name))
  }
  progress.marks = composeMarks(upgrade, progress, before.marks, next?.marks ?? new TimeMarks())
  return progress
}

const EMITTED = DIGEST.emitted('')

const compared = (table: string, value: Uint8Array): Uint8Array =>
  table === TABLE.dead ? value.subarray(0, comparedLength(value)) : value

/** The keys of a node's late records or dead letters: from, to. An id holds no zero, with which a text ends. */
export function rowsOfNode(id: string): readonly [Uint8Array, Uint8Array] {
  const from = canonicalBytes(id)
  const to = from.slice()
  to[to.length - 1] = 1
  return [from, to]
}

/** Sources of which more letters are counted than rows list: their part of the digest cannot be taken out of it. */
export function sourcesWithUnlisted(progress: Progress, ids: readonly string[]): readonly string[] {
  return ids.filter(id =>
    [...progress.cut.keys()].some(name =>
      [...progress.sourcePartition(id, name).letters.values()].some(count => count > LISTED_LETTERS),
    ),
  )
}

/** Positions of the partitions of the topics that are read; those of the state first. */
function takePositions(into: Progress, sources: readonly SourceNode[], from: readonly Progress[]): void {
  const topics = new Set(sources.map(({ params }) => params.topic))
  for (const { cut, starts, last, topicIds } of from.toReversed()) {
    for (const [name, position] of cut) {
      if (!topics.has(splitPartition(name).topic)) continue
      into.cut.set(name, position)
      into.starts.set(name, starts.get(name) ?? 0n)
      const record = last.get(name)
      if (record !== undefined) into.last.set(name, record)
    }
    for (const [topic, id] of topicIds) if (topics.has(topic)) into.topicIds.set(topic, id)
  }
}

function takeSource(into: Progress, { id, params }: SourceNode, from: Progress): void {
  for (const [name, floor] of from.floors.get(id) ?? []) into.setFloor(id, name, floor)
  for (const name of into.cut.keys()) {
    if (splitPartition(name).topic === params.topic) into.sourcePartition(id, name).take(from.sourcePartition(id, name))
  }
}

/** Watermarks of the last flush, and how many elements wait. */
function takeByNode({ now, keeps }: Upgrade, into: Progress, before: Progress, next: Progress | null): void {
  const held = before.held === null || (next !== null && next.held === null) ? null : new Map<string, number>()
  for (const { id } of now.nodes) {
    const from = keeps(id) ? before : next
    const watermark = from?.watermarks.get(id)
    if (watermark !== undefined) into.watermarks.set(id, watermark)
    const waiting = from?.held?.get(id)
    if (waiting !== undefined) held?.set(id, waiting)
  }
  into.held = held
}

/** Marks of a partition name the times of all sources that read it: where they come from both, one at the cut. */
function composeMarks({ now, keeps }: Upgrade, progress: Progress, before: TimeMarks, next: TimeMarks): TimeMarks {
  const marks = new TimeMarks()
  for (const [name, position] of progress.cut) {
    const { topic } = splitPartition(name)
    const readers = sourceNodes(now).filter(({ params }) => params.topic === topic)
    if (readers.every(({ id }) => keeps(id))) marks.take(before, name)
    else if (!readers.some(({ id }) => keeps(id))) marks.take(next, name)
    const times = readers.map(({ id }) => [id, progress.sourcePartition(id, name).maxTime] as const)
    if (marks.of(name).length === 0) marks.reached(name, position, () => Object.fromEntries(times))
  }
  marks.changed = true
  return marks
}
