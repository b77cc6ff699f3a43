// Outputs and changelogs in a real cluster, compared with a commit: while later ones are written, on their way, dropped
// by retention and by compaction, and not as they should be.

import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import type { MemoryLog } from '../../../logs/memory.ts'
import { writtenRecords } from '../../../run/state/read-state.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { stateVerdictLines } from '../../../testing/equivalence/index.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { append, countingJob, newLog, runToEnd, SuiteCluster, settled } from '../../sinks/kafka/support.ts'
import { verified as verifiedAt } from './clicks.ts'

const LIMIT_MS = 120_000

type Verdict = Awaited<ReturnType<typeof verifiedAt>>
const textOf = (verdict: Verdict): string => stateVerdictLines(verdict, 'again').join('\n')
const partOf = ({ parts }: Verdict, name: string) => parts.find(({ part }) => part === name)

describe.skipIf(noKafka)('outputs in Kafka', { timeout: LIMIT_MS }, () => {
  const suite = SuiteCluster.use('verified', LIMIT_MS)
  let [events, changes, state] = ['', '', '']
  let functions: FunctionsModule
  let log: MemoryLog
  beforeEach(() => {
    ;[events, changes] = [suite.fresh(), suite.fresh()]
    state = join(testFolder(), 'state')
    functions = countingJob(events, changes)
    log = newLog()
  })

  const verified = (more: Parameters<typeof verifiedAt>[3] = {}) => verifiedAt(functions, log, state, more)
  const runOn = async (from: number, to: number): Promise<void> => {
    append(log, from, to)
    await runToEnd({ functions, log, state, out: suite.out })
  }

  it('are compared at a commit, while later ones are written behind it', async () => {
    append(log, 0, 40)
    const stream = await StreamRun.open({ functions, log, state, out: suite.out })
    const commit = async (): Promise<void> => {
      await stream.run.refresh(true)
      for (const name of stream.partitions) await stream.advance(name, stream.end(name))
      await stream.commit()
    }
    await commit()
    for (let to = 50; to <= 70; to += 10) {
      const verdict = await verified({
        arrivalMs: 20_000,
        onStep: async step => {
          if (step !== 'computing it again') return
          append(log, to - 10, to)
          await commit()
          await stream.run.drain()
        },
      })
      expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true, writer: process.pid })
      expect(partOf(verdict, 'output events')).toMatchObject({ compared: to - 11, of: to - 11 })
      expect(partOf(verdict, 'changes changes')?.compared).toBe(partOf(verdict, 'changes changes')?.of)
    }
    await stream.close()
  })

  it('that have not been sent are on their way, and no difference', async () => {
    await runOn(0, 40)
    append(log, 40, 60)
    const steps = (step: string): void => {
      if (step === 'state-committed') throw new Error('ended here')
    }
    const stream = await StreamRun.open({ functions, log, state, out: suite.out, until: 'end', steps })
    await stream.advance('in/0', 60n)
    await expect(stream.commit()).rejects.toThrow('ended here')
    await stream.close()
    const verdict = await verified()
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: false, records: 60 })
    expect(partOf(verdict, 'output events')).toMatchObject({
      compared: 39,
      of: 59,
      left: '20 records are still on their way to the topic',
    })
    expect(partOf(verdict, 'changes changes')?.left).toMatch(/still on their way/)
    await runToEnd({ functions, log, state, out: suite.out })
    expect(await verified()).toMatchObject({ equal: true, whole: true })
  })

  it('are compared from where the topic begins now', async () => {
    await runOn(0, 30)
    await runOn(30, 60)
    await settled(suite.out, events)
    const partitions = [{ partition: 0, offset: '20' }]
    await suite.cluster.admin.fetchTopicMetadata({ topics: [events] })
    await suite.cluster.admin.deleteTopicRecords({ topic: events, partitions })
    const verdict = await verified()
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: false })
    const part = partOf(verdict, 'output events')
    expect(part).toMatchObject({ compared: 39, of: 59, left: '20 records are no longer in the topic' })
  })

  it('that another one has made anew, with another record or one less, are different', async () => {
    await runOn(0, 30)
    await settled(suite.out, events)
    const kafka = await suite.cluster.log()
    const read = async () => {
      const records = []
      const [range] = await kafka.partitions(events)
      for await (const record of writtenRecords(kafka, events, 0, 0n, range?.end ?? 0n)) records.push(record)
      return records
    }
    const whole = await read()
    expect(whole).toHaveLength(29)
    const replaced = async (records: typeof whole): Promise<Verdict> => {
      await suite.cluster.admin.deleteTopics({ topics: [events] })
      await suite.cluster.forget()
      await suite.cluster.topic({ name: events })
      const messages = records.map(({ timestamp, key, value, headers }) => ({
        partition: 0,
        timestamp: String(timestamp),
        key: key === null ? null : Buffer.from(key),
        value: Buffer.from(value as Uint8Array),
        headers: Object.fromEntries(headers.map(h => [h.key, Buffer.from(h.value as Uint8Array)])),
      }))
      await suite.cluster.producer.send({ topic: events, messages })
      return await verified()
    }
    const same = await replaced(whole)
    expect(same, textOf(same)).toMatchObject({ equal: true })
    const other = whole.with(11, { ...(whole[11] as (typeof whole)[number]), value: Buffer.from('{"k":"k2","n":99}') })
    const changed = await replaced(other)
    expect(changed.equal).toBe(false)
    expect(partOf(changed, 'output events')).toMatchObject({
      differing: 1,
      differences: [
        {
          at: 'record 11 of partition 0',
          state: expect.stringContaining('"n":99'),
          again: expect.stringContaining('"n":11'),
        },
      ],
    })
    const less = await replaced(whole.slice(0, -1))
    expect(partOf(less, 'output events')?.differences).toEqual([
      { at: 'record 28 of partition 0', state: 'absent', again: expect.stringContaining('"n":28') },
    ])
  })

  it('changes that a broker has compacted add up to the view; keys that have changed since are left out', async () => {
    const settings = {
      'cleanup.policy': 'compact',
      'segment.ms': '300',
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '300',
    }
    await suite.cluster.topic({ name: changes, partitions: 2, settings })
    for (let to = 10; to <= 100; to += 10) await runOn(to - 10, to)
    const kafka = await suite.cluster.log()
    const count = async (): Promise<number> => {
      let records = 0
      for (const { partition, start, end } of await kafka.partitions(changes)) {
        for await (const chunk of kafka.read(changes, partition, start, end)) records += chunk.count
      }
      return records
    }
    const before = await count()
    let last = 100
    while ((await count()) >= before) {
      // A segment is closed when the next record comes.
      await runOn(last, ++last)
      await sleep(400)
    }
    const verdict = await verified()
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true })
    // A state of before, which the topic has gone on from.
    const old = join(testFolder(), 'old')
    cpSync(state, old, { recursive: true })
    await runOn(last, last + 1)
    const behind = await verifiedAt(functions, log, old)
    expect(behind, textOf(behind)).toMatchObject({ equal: true, whole: false })
    expect(partOf(behind, 'changes changes')?.left).toBe(
      '1 keys have changed since, in a topic that drops records of the past',
    )
  })
})
