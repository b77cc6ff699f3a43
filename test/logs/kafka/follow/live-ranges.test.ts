// Ranges for who follows a topic, without a broker: leaders that answer late or never, and those that change.

import { expect, test, vi } from 'vitest'
import type { FetchedPartition } from '../../../../logs/kafka/calls/fetch.ts'
import type { ApiCall } from '../../../../logs/kafka/calls/wire.ts'
import type { Cluster } from '../../../../logs/kafka/cluster.ts'
import { Passing } from '../../../../logs/kafka/failures.ts'
import { LiveRanges } from '../../../../logs/kafka/follow/live-ranges.ts'
import { RANGES_MS } from '../../../../logs/kafka/limits.ts'

const NO_BYTES = Buffer.alloc(0)

/** Two brokers; partition p of the topic is led by broker leaders[p], and ends at ends[p]. */
class TwoBrokers {
  leaders = [1, 2, 1]
  ends = [1n, 1n, 1n]
  /** What a request to a broker waits for. */
  readonly hangs = new Map<number, Promise<void>>()
  requests = 0

  get cluster(): Cluster {
    const topic = async () => ({
      topic: 't',
      partitions: this.leaders.map((leader, partition) => ({ partition, leader, error: 0 })),
    })
    const known = () => ({ partitions: this.leaders.map((leader, partition) => ({ partition, leader })) })
    const persist = async <T>(_: string, attempt: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await attempt()
        } catch (error) {
          if (!(error instanceof Passing)) throw error
        }
      }
    }
    const led = (_: string, partition: number) => ({ partition, leaderEpoch: -1 })
    return {
      topic,
      known,
      persist,
      led,
      node: async (node: number) => ({ send: this.#answer(node) }),
    } as unknown as Cluster
  }

  #answer(node: number) {
    return async (call: ApiCall<unknown>): Promise<unknown> => {
      this.requests++
      await this.hangs.get(node)
      const isStart = Buffer.from(call.encode()).includes(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]))
      return this.leaders.map((_, partition) => ({ partition, error: 0, offset: isStart ? 0n : this.ends[partition] }))
    }
  }
}

const endsOf = (ranges: readonly { readonly partition: number; readonly end: bigint }[]) =>
  ranges.map(({ partition, end }) => `${partition}:${end}`).join(' ')

test('a leader that is silent holds back its own partitions only, and is waited for once', async () => {
  const brokers = new TwoBrokers()
  const live = new LiveRanges(brokers.cluster)
  expect(endsOf(await live.now('t'))).toBe('0:1 1:1 2:1')
  let answer = (): void => {}
  brokers.hangs.set(2, new Promise(resolve => (answer = resolve)))
  brokers.ends = [2n, 2n, 2n]
  expect(endsOf(await live.now('t'))).toBe('0:2 1:1 2:2')
  brokers.ends = [3n, 3n, 3n]
  const before = brokers.requests
  const start = performance.now()
  for (let i = 0; i < 20; i++) expect(endsOf(await live.now('t'))).toBe('0:3 1:1 2:3')
  // Twenty times the wait for a late leader would be ten seconds.
  expect(performance.now() - start).toBeLessThan(5_000)
  expect(brokers.requests - before, 'only the other broker is asked').toBe(40)
  answer()
  brokers.hangs.delete(2)
  await new Promise(resolve => setTimeout(resolve, 10))
  expect(endsOf(await live.now('t'))).toBe('0:3 1:3 2:3')
})

test('the next leader is asked at once, whatever else the last one led; what that one says later does not count', async () => {
  const brokers = new TwoBrokers()
  brokers.leaders = [1, 2, 2]
  const live = new LiveRanges(brokers.cluster)
  await live.now('t')
  let answer = (): void => {}
  brokers.hangs.set(2, new Promise(resolve => (answer = resolve)))
  brokers.ends = [2n, 2n, 2n]
  expect(endsOf(await live.now('t'))).toBe('0:2 1:1 2:1')
  // Partition 2 has no other leader.
  brokers.leaders = [1, 1, 2]
  expect(endsOf(await live.now('t'))).toBe('0:2 1:2 2:1')
  brokers.ends = [3n, 1n, 3n]
  answer()
  brokers.hangs.delete(2)
  await new Promise(resolve => setTimeout(resolve, 10))
  brokers.ends = [3n, 3n, 3n]
  expect(endsOf(await live.now('t'))).toBe('0:3 1:3 2:3')
})

test('a new partition is left out until its leader has answered; a failure that does not pass is thrown', async () => {
  const brokers = new TwoBrokers()
  const live = new LiveRanges(brokers.cluster)
  await live.now('t')
  let fail = (): void => {}
  brokers.hangs.set(3, new Promise((_, reject) => (fail = () => reject(new Error('no right')))))
  brokers.leaders = [1, 2, 1, 3]
  brokers.ends = [1n, 1n, 1n, 9n]
  expect(endsOf(await live.now('t'))).toBe('0:1 1:1 2:1')
  fail()
  await new Promise(resolve => setTimeout(resolve, 10))
  await expect(live.now('t')).rejects.toThrow('no right')
  brokers.hangs.delete(3)
  expect(endsOf(await live.now('t'))).toBe('0:1 1:1 2:1 3:9')
})

const fetched = (partition: number, lastStableOffset: bigint, logStart = 0n): FetchedPartition => {
  return { id: '', partition, error: 0, lastStableOffset, logStart, divergedAt: null, aborted: [], records: NO_BYTES }
}

test('what long fetches tell makes ranges longer, never shorter, and is asked for only after a while', async () => {
  const brokers = new TwoBrokers()
  const live = new LiveRanges(brokers.cluster)
  live.heard('t', fetched(0, 9n))
  expect(endsOf(await live.now('t', true)), 'nothing is known yet').toBe('0:1 1:1 2:1')
  const before = brokers.requests
  live.heard('t', fetched(0, 7n, 3n))
  live.heard('t', fetched(1, 0n))
  const ranges = await live.now('t', true)
  expect(endsOf(ranges)).toBe('0:7 1:1 2:1')
  expect(ranges[0]?.start).toBe(3n)
  expect(brokers.requests).toBe(before)
  // A leader that was cut back says so when it is asked.
  expect(endsOf(await live.now('t'))).toBe('0:1 1:1 2:1')
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + RANGES_MS)
  brokers.ends = [8n, 8n, 8n]
  expect(endsOf(await live.now('t', true))).toBe('0:8 1:8 2:8')
  clock.mockRestore()
})
