// Twenty sensor series as one topic over three partitions, keyed by series: hourly statistics, then the widest hours of
// each day. Counts, extremes, exact sums and correctly rounded means are checked against a loop over the raw files with
// big integers.

import { beforeAll, expect, test } from 'vitest'
import type { JobResult } from '../../core/result/result.ts'
import { partitionFor } from '../../core/values/murmur2.ts'
import { csvRecords, ExactSum, Groups } from './support/exact.ts'
import { dataBytes, dataFiles, describeData, RealJob } from './support/real-data.ts'

interface Reading {
  readonly series: string
  readonly at: string
  readonly time: number
  readonly value: string
}

const HOUR = 3_600_000
const PARTITIONS = 3

describeData('sensors', () => {
  let job: RealJob
  let readings: readonly Reading[]
  let accepted: readonly Reading[]
  let whole: JobResult

  beforeAll(async () => {
    readings = merged()
    accepted = notLate(readings)
    const text = readings.map(r => `${r.series},${r.at},${r.value}\n`).join('')
    job = await RealJob.compile('sensors')
    const bytes = Buffer.from(`series,timestamp,value\n${text}`)
    await job.append('readings', bytes, { format: 'csv', key: 'series', partitions: PARTITIONS })
    whole = await job.batch('whole', false)
  })

  test('batch, stream and reference agree', { timeout: 300_000 }, async () => {
    await job.toAgree({ records: readings.length, final: false, interleavings: 2, seed: 51 })
    await job.toAgree({ records: readings.length, final: true, interleavings: 1, seed: 52 })
  })

  test('every reading is counted or late', () => {
    expect(readings.length).toBeGreaterThan(100_000)
    expect(whole.dead).toEqual([])
    expect(whole.late.length).toBe(readings.length - accepted.length)
    const hourly = job.rows(whole, 'hourly').map(r => (r.value as { n: number }).n)
    expect(hourly.reduce((sum, n) => sum + n, 0)).toBe(accepted.length)
  })

  test('each hour of each series: count, extremes, exact sum, rounded mean', () => {
    const hours = hoursOf(accepted)
    const rows = job.rows(whole, 'hourly')
    expect(rows.length).toBe(hours.size)
    for (const { key, window, value } of rows) {
      const hour = hours.get(`${window?.start} ${key}`) as Hour
      const { n, min, max, total, mean } = value as { n: number; min: number; max: number; total: number; mean: number }
      expect([n, min, max]).toEqual([hour.sum.count, hour.min, hour.max])
      expect(hour.sum.isNearest(total) && hour.sum.isNearestMean(mean), `${window?.start} ${key}`).toBe(true)
    }
  })

  test('once the history is complete, each day shows its three widest hours', async () => {
    const final = await job.batch('final', true)
    const spreads = new Groups<number[]>(() => [])
    for (const [key, { sum, min, max }] of hoursOf(accepted)) {
      if (sum.count > 1) spreads.at(`${key.slice(0, 10)} ${key.slice(25)}`).push(max - min)
    }
    const widest = new Map([...hoursOf(accepted)].map(([key, h]) => [key, h.max - h.min]))
    const rows = job.rows(final, 'worst')
    expect(rows.length).toBe(spreads.size)
    for (const { key, window, value } of rows) {
      // The time of a closed hour is its last millisecond.
      const hours = (value as { hours: number[] }).hours.map(t => `${new Date(t + 1 - HOUR).toISOString()} ${key}`)
      const expected = spreads.get(`${window?.start.slice(0, 10)} ${key}`) ?? []
      expect(hours.map(h => widest.get(h))).toEqual(expected.sort((a, b) => b - a).slice(0, 3))
    }
  })
})

/** All series as one log: next comes the series whose next reading is the oldest, which keeps the disorder of each. */
function merged(): Reading[] {
  const queues = dataFiles('sensors').map(file => {
    const series = file.replace(/\.csv\.gz$/, '')
    return csvRecords(dataBytes(`sensors/${file}`).toString('utf8')).map(
      ([at = '', value = '']): Reading => ({ series, at, time: Date.parse(`${at} UTC`), value }),
    )
  })
  const next = queues.map(() => 0)
  const out: Reading[] = []
  for (;;) {
    let best = -1
    let oldest = Number.POSITIVE_INFINITY
    for (const [i, queue] of queues.entries()) {
      const time = queue[next[i] as number]?.time ?? Number.POSITIVE_INFINITY
      if (time < oldest) [best, oldest] = [i, time]
    }
    if (best < 0) return out
    out.push(queues[best]?.[next[best] as number] as Reading)
    next[best] = (next[best] as number) + 1
  }
}

/** Readings that are no more than two hours behind the newest of their partition. */
function notLate(readings: readonly Reading[]): Reading[] {
  const newest = Array<number>(PARTITIONS).fill(Number.NEGATIVE_INFINITY)
  return readings.filter(({ series, time }) => {
    const partition = partitionFor(Buffer.from(series), PARTITIONS)
    const before = newest[partition] as number
    newest[partition] = Math.max(before, time)
    return time >= before - 2 * HOUR
  })
}

interface Hour {
  readonly sum: ExactSum
  min: number
  max: number
}

function hoursOf(readings: readonly Reading[]): Groups<Hour> {
  const hours = new Groups<Hour>(() => ({
    sum: new ExactSum(),
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  }))
  for (const { series, time, value } of readings) {
    const hour = hours.at(`${new Date(Math.floor(time / HOUR) * HOUR).toISOString()} ${series}`)
    const x = Number(value)
    hour.sum.add(x)
    hour.min = Math.min(hour.min, x)
    hour.max = Math.max(hour.max, x)
  }
  return hours
}
