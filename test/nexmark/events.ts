// The events of a generated log as arrays and as a log in memory.

import type { ReferenceInput } from '../../core/reference/input.ts'
import { dealt, nexmark } from '../../examples/nexmark/generate.mjs'
import type { Auction, Bid, Person } from '../../examples/nexmark/model.ts'

export interface Events {
  readonly persons: readonly Person[]
  readonly auctions: readonly Auction[]
  readonly bids: readonly Bid[]
}

export const eventsOf = (count: number, seed: number): Events => nexmark(count, seed)

const utf8 = new TextEncoder()

/** Each topic in partitions, each out of order by less than the sources' disorder. */
export function logOf({ persons, auctions, bids }: Events, partitions: number, seed: number): ReferenceInput {
  const topic = <E extends { readonly dateTime: number }>(name: string, list: readonly E[]): ReferenceInput =>
    dealt(list, partitions, seed).map((part, partition) => ({
      topic: name,
      partition,
      records: part.map((event, i) => ({
        offset: BigInt(i),
        timestamp: event.dateTime,
        key: null,
        value: utf8.encode(JSON.stringify(event)),
        headers: [],
      })),
    }))
  return [...topic('person', persons), ...topic('auction', auctions), ...topic('bid', bids)]
}

/** The order of equal times: partition, then place in it. */
export function placesOf(
  list: readonly Bid[],
  partitions: number,
  seed: number,
): ReadonlyMap<Bid, readonly [number, number]> {
  const parts = dealt(list, partitions, seed)
  return new Map(parts.flatMap((part, p) => part.map((bid, i) => [bid, [p, i] as const])))
}
