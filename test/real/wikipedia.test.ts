// A day of Wikipedia's edits: JSON over four partitions by channel, two stages, an output. The hourly sums are checked
// against a loop over the raw file; incremental batch, and batch continued by the stream and by batch again, against
// one run over everything.

import { beforeAll, expect, test } from 'vitest'
import type { Cut } from '../../core/log/cut.ts'
import { compareResults } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { StreamRun } from '../../runtime-stream/index.ts'
import { Groups } from './support/exact.ts'
import { dataBytes, describeData, RealJob } from './support/real-data.ts'

interface Edit {
  time: string
  channel: string
  countryName: string | null
  isRobot: boolean
  page: string
  delta: number
}

describeData('wikipedia-edits', () => {
  const PARTITIONS = 4
  let job: RealJob
  let edits: readonly Edit[]
  let ends: readonly bigint[]
  let whole: JobResult

  beforeAll(async () => {
    const bytes = dataBytes('wikipedia-edits/edits.ndjson.gz')
    edits = bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Edit)
    job = await RealJob.compile('wikipedia')
    ends = (await job.append('edits', bytes, { key: 'channel', partitions: PARTITIONS })).ends
    whole = await job.batch('whole', false)
  })

  test('batch, stream and reference agree', { timeout: 300_000 }, async () => {
    await job.toAgree({ records: 39_244, final: false, interleavings: 3, seed: 11 })
    await job.toAgree({ records: 39_244, final: true, interleavings: 1, seed: 12 })
  })

  test('no edit is lost, late or dead: every hour of every channel is what a loop over the file gives', () => {
    expect(edits.length).toBe(39_244)
    expect([whole.late.length, whole.dead.length]).toEqual([0, 0])
    const hours = new Groups(() => ({ edits: 0, delta: 0, latest: '' }))
    for (const e of edits) {
      const hour = hours.at(JSON.stringify([`${e.time.slice(0, 13)}:00:00.000Z`, e.channel, e.isRobot]))
      hour.edits++
      hour.delta += e.delta
      hour.latest = e.page
    }
    const rows = job.rows(whole, 'hourly').map(row => {
      const { channel, robot } = row.key as { channel: string; robot: boolean }
      return [JSON.stringify([row.window?.start, channel, robot]), row.value] as const
    })
    const expected = [...hours].map(([key, h]) => [key, { ...h, mean: h.delta / h.edits }] as const)
    expect(new Map(rows)).toEqual(new Map(expected))
    expect(rows.length).toBe(hours.size)
  })

  test('countries are counted without the edits that have none', () => {
    const counts = new Groups(() => ({ edits: 0 }))
    for (const { countryName } of edits) if (countryName !== null) counts.at(countryName).edits++
    const rows = job.rows(whole, 'countries').map(r => [r.key, (r.value as { edits: number }).edits])
    expect(new Map(rows as [string, number][])).toEqual(new Map([...counts].map(([c, { edits: n }]) => [c, n])))
  })

  test('once the history is complete the output holds every hour, in order', async () => {
    const final = await job.batch('final', true)
    const partitions = final.outputs.get('closed') ?? []
    expect(partitions.length).toBe(3)
    expect(partitions.flat().length).toBe(job.rows(whole, 'hourly').length)
    for (const records of partitions) {
      expect(records.every((r, i) => i === 0 || (records[i - 1]?.timestamp as number) <= r.timestamp)).toBe(true)
    }
    const days = job.rows(final, 'busiest').map(r => r.value as { hours: number })
    expect(days.reduce((sum, { hours }) => sum + hours, 0)).toBe(partitions.flat().length)
    const open = (whole.outputs.get('closed') ?? []).flat().length
    expect(open > 0 && open < partitions.flat().length).toBe(true)
  })

  const until = (share: number): Cut =>
    new Map(ends.map((end, p) => [`edits/${p}`, BigInt(Math.floor(Number(end) * share))]))

  test('batch over one half and then the other equals batch over everything', async () => {
    await runBatch({ ...job.run('halves'), until: until(0.5) })
    const half = await job.result('halves')
    expect(compareResults(half, whole)).not.toBeNull()
    await runBatch(job.run('halves'))
    expect(compareResults(await job.result('halves'), whole)).toBeNull()
  })

  test('batch, then the stream, then batch again equals batch over everything', async () => {
    await runBatch({ ...job.run('hand-off'), until: until(0.3) })
    const stream = await StreamRun.open({ ...job.run('hand-off'), until: until(0.7) })
    try {
      for (const part of [0.35, 0.5, 0.7]) {
        for (const [name, end] of until(part)) await stream.advance(name, end)
        await stream.commit()
      }
    } finally {
      await stream.close()
    }
    await runBatch(job.run('hand-off'))
    expect(compareResults(await job.result('hand-off'), whole)).toBeNull()
  })
})
