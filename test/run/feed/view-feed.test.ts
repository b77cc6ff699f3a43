// The feed of a view in its state: what it keeps, for how long, and where it does not lead on.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { feedTable } from '../../../run/feed/feeds.ts'
import { changedKeys, type FeedEntry, ViewFeed } from '../../../run/feed/view-feed.ts'
import { openStateWriter, type StateWriter } from '../../../store/index.ts'
import { testFolder } from '../support/folder.ts'

const key = (i: number): Uint8Array => Buffer.from(`key ${i}`)

async function commit(writer: StateWriter, feed: ViewFeed, number: number, keys: number, run = 'a'): Promise<void> {
  const list = feed.newList()
  for (let i = 0; i < keys; i++) list.add(key(i), 0, key(i).length)
  let note = (): void => {}
  await writer.commit(transaction => {
    note = feed.write(transaction, { commit: number, run }, list)
  })
  note()
}

const keysOf = (writer: StateWriter, entries: readonly FeedEntry[]): number[] =>
  entries.map(entry => [...changedKeys(writer, 'v', entry)].length)

it('leads from a commit that it knows over all that follow, keys included', async () => {
  const writer = await openStateWriter(join(testFolder(), 'state'))
  const feed = new ViewFeed(writer, 'v', 0)
  for (const [number, keys] of [
    [1, 3],
    [2, 0],
    [3, 1000],
  ] as const)
    await commit(writer, feed, number, keys)
  expect(keysOf(writer, feed.after('a', 1) ?? [])).toEqual([0, 1000])
  expect(feed.after('a', 3)).toEqual([])
  expect(feed.after('a', 0)).toBeNull()
  expect(feed.after('b', 2)).toBeNull()
  const [entry] = feed.after('a', 2) as [FeedEntry]
  expect(new Set([...changedKeys(writer, 'v', entry)].map(bytesToHex)).size).toBe(1000)
  // The next process finds the same.
  const found = new ViewFeed(writer, 'v', 3)
  expect(found.after('a', 1)).toEqual(feed.after('a', 1))
  await writer.close()
})

it('forgets what a sink surely holds, and the commit before', async () => {
  const writer = await openStateWriter(join(testFolder(), 'state'))
  const feed = new ViewFeed(writer, 'v', 0)
  for (let number = 1; number <= 4; number++) await commit(writer, feed, number, 100)
  feed.keepFrom(3)
  await commit(writer, feed, 5, 1)
  expect(feed.after('a', 2)).toBeNull()
  expect(keysOf(writer, feed.after('a', 3) ?? [])).toEqual([100, 1])
  for (let number = 6; number <= 50; number++) {
    await commit(writer, feed, number, 100)
    feed.keepFrom(number)
  }
  await commit(writer, feed, 51, 0)
  expect([...writer.range(feedTable('v'))].length).toBeLessThan(10)
  await writer.close()
})

it('does not lead over a commit of a run without it', async () => {
  const writer = await openStateWriter(join(testFolder(), 'state'))
  const feed = new ViewFeed(writer, 'v', 0)
  await commit(writer, feed, 1, 3)
  await commit(writer, feed, 2, 3)
  const later = new ViewFeed(writer, 'v', 3)
  expect(later.last).toBeUndefined()
  expect(later.after('a', 1)).toBeNull()
  await commit(writer, later, 4, 2, 'b')
  expect(later.after('a', 2)).toBeNull()
  expect(later.after('b', 4)).toEqual([])
  await writer.close()
})

it('gives up where too much waits, except while a sink is filled', async () => {
  const writer = await openStateWriter(join(testFolder(), 'state'))
  const feed = new ViewFeed(writer, 'v', 0, 5_000)
  await commit(writer, feed, 1, 10)
  await commit(writer, feed, 2, 100)
  expect(keysOf(writer, feed.after('a', 1) ?? [])).toEqual([100])
  for (let number = 3; number <= 6; number++) await commit(writer, feed, number, 200)
  expect(feed.after('a', 1)).toBeNull()
  expect(feed.after('a', 2)).toBeNull()
  // A single commit that is too large: what precedes it is of no use, what follows is.
  await commit(writer, feed, 7, 10_000)
  await commit(writer, feed, 8, 1)
  expect(feed.after('a', 6)).toBeNull()
  expect(keysOf(writer, feed.after('a', 7) ?? [])).toEqual([1])
  feed.keepFrom(8)
  feed.filling = true
  for (let number = 9; number <= 20; number++) await commit(writer, feed, number, 200)
  expect(feed.after('a', 8)?.length).toBe(12)
  await writer.close()
})
