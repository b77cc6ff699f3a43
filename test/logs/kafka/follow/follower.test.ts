// Long fetches without a broker: what they tell of ranges, and what they bring to the reads that follow.

import { expect, onTestFinished, test } from 'vitest'
import type { Fetched, FetchedPartition } from '../../../../logs/kafka/calls/fetch.ts'
import type { Cluster } from '../../../../logs/kafka/cluster.ts'
import { Follower } from '../../../../logs/kafka/follow/follower.ts'
import type { LiveRanges } from '../../../../logs/kafka/follow/live-ranges.ts'

const ID = '00000000-0000-0000-0000-000000000001'

/** Two leaders of one partition each, whose long fetches end when they are told to. */
function following() {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const open = new Map<number, { resolve(answer: Fetched): void; reject(error: Error): void }>()
  const send = (node: number) => () => new Promise<Fetched>((resolve, reject) => open.set(node, { resolve, reject }))
  const cluster = {
    signal: closing.signal,
    known: () => ({ id: ID, partitions: [0, 1].map(partition => ({ partition, leader: partition + 1 })) }),
    led: (_: string, partition: number) => ({ partition, leaderEpoch: 0 }),
    epochBefore: () => 5,
    node: async (node: number) => ({ send: send(node) }),
  } as unknown as Cluster
  const heard: FetchedPartition[] = []
  const live = { heard: (_: string, fetched: FetchedPartition) => heard.push(fetched) } as unknown as LiveRanges
  const follower = new Follower(cluster, live)
  const handOut = (): void =>
    follower.handedOut(
      't',
      [0, 1].map(partition => ({ topic: 't', partition, start: 0n, end: 10n })),
    )
  handOut()
  return { follower, open, heard, handOut }
}

const answer = (partition: number, changes: Partial<FetchedPartition> = {}): Fetched => ({
  error: 0,
  partitions: [
    {
      id: ID,
      partition,
      error: 0,
      lastStableOffset: 12n,
      logStart: 0n,
      divergedAt: null,
      aborted: [],
      records: Buffer.from('records'),
      ...changes,
    },
  ],
})

const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))
const asked = { offset: 10n, lastEpoch: 5 }

test('ranges are known while long fetches wait, and once after each has been answered', async () => {
  const { follower, open, heard, handOut } = following()
  expect(follower.knowsRanges('t'), 'nobody is asked yet').toBe(false)
  const changed = follower.changed(60_000)
  await soon()
  expect(follower.knowsRanges('t')).toBe(true)
  open.get(1)?.resolve(answer(0))
  await changed
  expect(heard.map(({ partition, lastStableOffset }) => `${partition}:${lastStableOffset}`)).toEqual(['0:12'])
  expect(follower.knowsRanges('t'), 'one has told, one waits').toBe(true)
  handOut()
  expect(follower.knowsRanges('t'), 'what the first one told has been handed out').toBe(false)
})

test.each<[string, (fetch: { resolve(answer: Fetched): void; reject(error: Error): void }) => void]>([
  ['an error', fetch => fetch.resolve(answer(0, { error: 6 }))],
  ['a log that was cut back', fetch => fetch.resolve(answer(0, { divergedAt: 8n }))],
  ['a lost connection', fetch => fetch.reject(new Error('lost'))],
])('%s tells nothing: ranges are asked for', async (_, end) => {
  const { follower, open, heard } = following()
  void follower.changed(60_000)
  await soon()
  end(open.get(1) as never)
  await soon()
  expect(heard).toEqual([])
  expect(follower.knowsRanges('t')).toBe(false)
  expect(follower.news.take('t', 0, asked)).toBeNull()
})

test('records are given to the one read that asks for just them', async () => {
  const { follower, open } = following()
  const changed = follower.changed(60_000)
  await soon()
  open.get(1)?.resolve(answer(0))
  await changed
  expect(String(follower.news.take('t', 0, asked)?.records)).toBe('records')
  expect(follower.news.take('t', 0, asked), 'once').toBeNull()
})

test.each([
  { offset: 11n, lastEpoch: 5 },
  { offset: 10n, lastEpoch: 4 },
])('a read from $offset after epoch $lastEpoch asks the broker itself', async question => {
  const { follower, open } = following()
  const changed = follower.changed(60_000)
  await soon()
  open.get(1)?.resolve(answer(0))
  await changed
  expect(follower.news.take('t', 0, question)).toBeNull()
  expect(follower.news.take('t', 0, asked), 'nobody comes back to an earlier place').toBeNull()
})
