// A log that is away while a stream follows it: what has been read is committed meanwhile, the run goes on when the log
// is there again, and a stop does not wait for it.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import type { PartitionRange } from '../../logs/log.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'

const event = (k: string) => ({ timestamp: 1000, value: new TextEncoder().encode(JSON.stringify({ k })) })

function counts() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), (v: { k: string }) => v.k)
  plan.view('counts', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  return interpretedModule(plan.program('counts'))
}

/** A log in memory that does not say how far it goes while it is away. */
class AwayLog extends MemoryLog {
  #back: Promise<void> = Promise.resolve()
  #fail: ((e: Error) => void) | null = null

  leave(): void {
    this.#back = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.#back.catch(() => {})
  }

  /** As a log of Kafka does when its patience ends. */
  giveUp(): void {
    this.#fail?.(new LyrebirdError('broker-error', 'stopped while the brokers were away'))
  }

  override async partitions(topic: string): Promise<readonly PartitionRange[]> {
    await this.#back
    return super.partitions(topic)
  }
}

function start(partitions = 2) {
  const log = new AwayLog()
  log.createTopic('in', partitions)
  const stop = new AbortController()
  const committed: number[] = []
  let heard = (): void => {}
  const done = runStream({
    functions: counts(),
    log,
    state: join(testFolder(), 'state'),
    commitIntervalMs: 100,
    signal: stop.signal,
    onProgress: ({ records }) => {
      committed.push(records)
      heard()
    },
  })
  const reached = async (records: number): Promise<void> => {
    while ((committed.at(-1) ?? 0) < records) await new Promise<void>(resolve => (heard = resolve))
  }
  return { log, done, stop, reached }
}

it('commits what has been read while the log is away, and goes on when it is back', async () => {
  const { log, done, stop, reached } = start()
  const read = log.read.bind(log)
  // Who leads partition 1 is away: its read waits behind records of partition 0 that are fed and not committed yet.
  let comeBack = (): void => {}
  const back = new Promise<void>(resolve => {
    comeBack = resolve
  })
  log.read = async function* (topic, partition, ...range) {
    if (partition === 1) await back
    yield* read(topic, partition, ...range)
  }
  log.append('in', 1, [event('c')])
  log.append('in', 0, [event('a'), event('b')])
  await reached(2)
  // Neither does it hold back what comes later.
  log.append('in', 0, [event('a')])
  await reached(3)
  comeBack()
  await reached(4)
  stop.abort()
  const summary = await done
  expect(summary).toMatchObject({ records: 4, cut: { 'in/0': '3', 'in/1': '1' } })
  const whole = await runBatch({ functions: counts(), log, state: join(testFolder(), 'whole') })
  expect(summary.views).toEqual(whole.views)
})

it('waits for partitions that are late together, not one after the other', { timeout: 15_000 }, async () => {
  const partitions = 40
  const { log, done, stop, reached } = start(partitions)
  const read = log.read.bind(log)
  let comeBack = (): void => {}
  const back = new Promise<void>(resolve => {
    comeBack = resolve
  })
  log.read = async function* (topic, partition, ...range) {
    if (partition > 0) await back
    yield* read(topic, partition, ...range)
  }
  for (let partition = 0; partition < partitions; partition++) log.append('in', partition, [event('a')])
  await reached(1)
  log.append('in', 0, [event('b')])
  await reached(2)
  comeBack()
  await reached(partitions + 1)
  stop.abort()
  expect(await done).toMatchObject({ records: partitions + 1 })
})

it('stops while the log is away, with what it has read', async () => {
  const { log, done, stop, reached } = start()
  log.append('in', 0, [event('a')])
  await reached(1)
  log.leave()
  await new Promise(resolve => setTimeout(resolve, 50))
  stop.abort()
  log.giveUp()
  expect(await done).toMatchObject({ records: 1, cut: { 'in/0': '1', 'in/1': '0' } })
})

it('ends where the patience ends and nobody asked it to stop', async () => {
  const { log, done, reached } = start()
  log.append('in', 0, [event('a')])
  await reached(1)
  log.leave()
  log.append('in', 0, [event('b')])
  await new Promise(resolve => setTimeout(resolve, 50))
  log.giveUp()
  await expect(done).rejects.toMatchObject({ code: 'broker-error', exitCode: 4 })
})
