// The status of a state: compared with the summary of the run that made it, and with the log that has gone on.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import { askStatus } from '../../../run/status/ask-status.ts'
import { ratesBetween } from '../../../run/status/rates.ts'
import type { Status } from '../../../run/status/status.ts'
import { statusLines } from '../../../run/status/status-text.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { testFolder } from '../support/folder.ts'
import { embeddedLog, recordsOf } from '../support/logs.ts'
import { functions, input } from '../support/traffic.ts'

const half = input.map(p => ({ ...p, records: p.records.slice(0, Math.floor(p.records.length / 2)) }))

async function appendRest(log: string): Promise<void> {
  for (const topic of new Set(input.map(p => p.topic))) {
    const writer = await OutputTopic.openForAppend(log, topic, null)
    for (const [i, part] of input.entries()) {
      const rest = part.records.slice(half[i]?.records.length)
      if (part.topic === topic) await writer.append(part.partition, recordsOf({ ...part, records: rest }))
    }
    await writer.close()
  }
}

it('says what the summary of the last run says, and how far the log has gone on since', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, half)
  const summary = await runBatch({ functions, log, state })
  await appendRest(log)
  const status = await askStatus({ state, log })
  expect(status.views.map(({ name, rows, digest }) => ({ name, rows, digest }))).toEqual(summary.views)
  expect(status.sources.map(({ topic, watermark, heldBy }) => ({ topic, watermark, heldBy }))).toEqual(
    summary.sources.map(({ topic, watermark, heldBy }) => ({ topic, watermark, heldBy })),
  )
  expect([status.late, status.dead, status.writer, status.problems]).toEqual([summary.late, summary.dead, null, []])
  const partitions = status.sources.flatMap(source => source.partitions)
  for (const { partition, position, lag, lagMs } of partitions) {
    const number = Number(partition.split('/')[1])
    const [read, all] = [half, input].map(part => part.find(p => p.partition === number)?.records.length ?? 0)
    expect(position).toBe(summary.cut[partition])
    expect(lag).toBe((all as number) - (read as number))
    expect(lagMs === null).toBe(lag === 0)
  }
  const text = statusLines(status, null).join('\n')
  expect(text).toContain('no process writes it')
  expect(text).toMatch(/read to \d+ of \d+, \d+ behind, for /)
})

it('a state that is written names its process, and moves; without a log there is no lag', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, input)
  const stream = await StreamRun.open({ functions, log, state })
  const step = async (share: number): Promise<Status> => {
    for (const name of stream.partitions) {
      await stream.advance(name, BigInt(Math.floor(Number(stream.end(name)) * share)))
    }
    await stream.commit()
    return await askStatus({ state, log: null })
  }
  const [first, last] = [await step(0.5), await step(1)]
  expect(last.writer).toEqual({ pid: process.pid })
  expect(last.sources[0]?.partitions[0]).toMatchObject({ end: null, lag: null, lagMs: null })
  const read = input.reduce((sum, { records }) => sum + records.length, 0)
  const rates = ratesBetween(first, { ...last, commit: { number: 9, time: (first.commit?.time ?? 0) + 500, ageMs: 0 } })
  expect(rates?.records).toBeGreaterThan(read / 2)
  expect(rates?.records).toBeLessThan(read * 2)
  expect(ratesBetween(last, last)).toBeNull()
  await stream.close()
  expect((await askStatus({ state, log: null })).writer).toBeNull()
})

it('a log that cannot be reached is told, and the rest is there', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, half)
  await runBatch({ functions, log, state })
  const status = await askStatus({ state, log: 'kafka://127.0.0.1:1' })
  expect(status.problems).toHaveLength(1)
  expect(statusLines(status, null).at(-1)).toContain('127.0.0.1:1')
  expect(status.views.length).toBeGreaterThan(0)
}, 60_000)

it('nothing that was committed is a typed error', async () => {
  await expect(askStatus({ state: join(testFolder(), 'none'), log: null })).rejects.toMatchObject({
    code: 'state-missing',
  })
})
