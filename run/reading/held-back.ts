// What open transactions of a log hold back from a run, as lines for people.
//
// Promises: a question that the log does not answer costs a run nothing but the lines.

import type { Plan } from '../../core/plan/plan.ts'
import type { HeldBack, Log } from '../../logs/log.ts'
import { wallClock } from '../clock.ts'
import type { Notice } from '../notices/notice.ts'
import { durationText } from '../number-text.ts'
import { sourceNodes } from './bind-log.ts'

/** Age in ms from which a transaction is named: Kafka itself ends one of this age by default. */
export const OLD_MS = 60_000

/** Partitions of the job that stand still behind a transaction that is this old, or of unknown age. */
export async function heldBackNow(log: Log, plan: Plan, leastMs: number): Promise<readonly HeldBack[]> {
  const held: HeldBack[] = []
  for (const topic of new Set(sourceNodes(plan).map(({ params }) => params.topic))) {
    held.push(...((await log.heldBack?.(topic).catch(() => [])) ?? []))
  }
  return held.filter(({ since }) => since === null || wallClock() - since >= leastMs)
}

export function heldBackText({ topic, partition, from, offsets, owner, since }: HeldBack): string {
  const whose = owner === null ? '' : ` of ${owner}`
  const age = since === null ? '' : `, open for ${durationText(wallClock() - since)}`
  const last = offsets === 1n ? `offset ${from} is` : `offsets ${from} to ${from + offsets - 1n} are`
  return `${topic}/${partition} stands at ${from}: ${last} held back by a transaction${whose}${age}`
}

export function heldBackNotice(held: HeldBack): Notice {
  const { topic, partition, from, offsets, owner, since } = held
  const openMs = since === null ? null : wallClock() - since
  const fields = { partition: `${topic}/${partition}`, from: String(from), offsets: Number(offsets), owner, openMs }
  return { event: 'held-back', level: 'warn', text: heldBackText(held), fields }
}
