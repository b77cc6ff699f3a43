// The events of a log that a source accepts, and the versions of a table's keys, by a loop over each partition.
//
// Promises: shares nothing with the reference or the executors; implements semantics.md 2 and 3.8 and nothing else.

import type { ReferenceInput } from '../../core/reference/input.ts'
import type { Event } from '../support/random-log.ts'

/** An accepted event with its position, which breaks ties. */
export interface Accepted {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly time: number
  readonly event: Event
}

const utf8 = new TextDecoder()

/** Events of a topic in (time, position) order, without late ones. The log must hold events and ticks only. */
export function accepted(log: ReferenceInput, topic: string, disorderMs: number): readonly Accepted[] {
  const found: Accepted[] = []
  for (const { topic: name, partition, records } of log) {
    if (name !== topic) continue
    let newest = Number.NEGATIVE_INFINITY
    for (const { offset, value, timestamp } of records) {
      if (value === null) {
        newest = Math.max(newest, timestamp as number)
        continue
      }
      const event = JSON.parse(utf8.decode(value)) as Event
      if (event.t >= newest - disorderMs) found.push({ topic, partition, offset, time: event.t, event })
      newest = Math.max(newest, event.t)
    }
  }
  return found.sort((a, b) => a.time - b.time || a.partition - b.partition || (a.offset < b.offset ? -1 : 1))
}

/** A version of a table's key. */
export interface Version {
  /** The time from which a join sees it. */
  readonly from: number
  readonly event: Event
}

/**
 * The versions of each key of a table's topic, the newest last. A version counts from the greatest of its own time, the
 * least time that is not late where it stands, and the times of its key's versions before it in its partition; so none
 * changes what a join has handed on. The log must hold events and ticks only.
 */
export function versions(log: ReferenceInput, topic: string, disorderMs: number): ReadonlyMap<string, Version[]> {
  const found = new Map<string, Version[]>()
  for (const { topic: name, records } of [...log].sort((a, b) => a.partition - b.partition)) {
    if (name !== topic) continue
    const last = new Map<string, number>()
    let newest = Number.NEGATIVE_INFINITY
    for (const { value, timestamp } of records) {
      if (value === null) {
        newest = Math.max(newest, timestamp as number)
        continue
      }
      const event = JSON.parse(utf8.decode(value)) as Event
      const from = Math.max(event.t, newest - disorderMs, last.get(event.k) ?? event.t)
      last.set(event.k, from)
      found.set(event.k, [...(found.get(event.k) ?? []), { from, event }])
      newest = Math.max(newest, event.t)
    }
  }
  for (const list of found.values()) list.sort((a, b) => a.from - b.from)
  return found
}

/** The watermark: the least `newest - disorder` over the partitions of the topics. */
export function watermark(log: ReferenceInput, disorder: Readonly<Record<string, number>>): number {
  const own = log
    .filter(p => p.topic in disorder)
    .map(({ topic, records }) => {
      const times = records.map(r =>
        r.value === null ? (r.timestamp as number) : (JSON.parse(utf8.decode(r.value)) as Event).t,
      )
      return Math.max(Number.NEGATIVE_INFINITY, ...times) - (disorder[topic] as number)
    })
  return Math.min(...own)
}

/** Groups, in order of first appearance. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(key(item)) ?? []
    groups.set(key(item), group)
    group.push(item)
  }
  return groups
}
