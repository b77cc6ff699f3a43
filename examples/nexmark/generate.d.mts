// Types of generate.mjs, for the tests.

import type { Auction, Bid, Person } from './model.ts'

export function nexmark(events: number, seed: number): { persons: Person[]; auctions: Auction[]; bids: Bid[] }

export function dealt<E extends { readonly dateTime: number }>(
  list: readonly E[],
  partitions: number,
  seed: number,
): E[][]

export function writeNexmark(
  directory: string,
  options: { readonly events: number; readonly seed: number; readonly partitions: number },
): void
