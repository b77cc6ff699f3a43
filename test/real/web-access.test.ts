// A web server's access log: raw lines out of order by up to 59 s, round-robin over three partitions; more than the
// declared disorder, so that some are late. Late lines, hits, bytes and errors are checked against a loop over the raw
// lines.

import { beforeAll, expect, test } from 'vitest'
import type { JobResult } from '../../core/result/result.ts'
import { Groups } from './support/exact.ts'
import { dataBytes, describeData, RealJob } from './support/real-data.ts'

interface Hit {
  time: number
  address: string
  status: string
  bytes: number
  late: boolean
}

/** The parts of a line, split at its brackets and quotes; times are in UTC. */
function hitOf(line: string): Hit {
  const [before, , after] = line.split('"') as [string, string, string]
  const [address] = before.split(' ') as [string]
  const [day, month, year, ...clock] = before.slice(before.indexOf('[') + 1, -2).split(/[/: ]/) as [
    string,
    string,
    string,
  ]
  const time = Date.parse(`${day} ${month} ${year} ${clock.slice(0, 3).join(':')} UTC`)
  const [status, bytes] = after.trim().split(' ') as [string, string]
  return { time, address, status, bytes: bytes === '-' ? 0 : Number(bytes), late: false }
}

describeData('web-access', () => {
  const PARTITIONS = 3
  const DISORDER = 50_000
  let job: RealJob
  let hits: readonly Hit[]
  let whole: JobResult

  beforeAll(async () => {
    const bytes = dataBytes('web-access/access.log')
    hits = bytes.toString('utf8').trimEnd().split('\n').map(hitOf)
    const newest = Array<number>(PARTITIONS).fill(0)
    for (const [i, hit] of hits.entries()) {
      const before = newest[i % PARTITIONS] as number
      hit.late = hit.time < before - DISORDER
      newest[i % PARTITIONS] = Math.max(before, hit.time)
    }
    job = await RealJob.compile('web-access')
    await job.append('access', bytes, { format: 'lines', partitions: PARTITIONS })
    whole = await job.batch('whole', false)
  })

  test('batch, stream and reference agree', { timeout: 300_000 }, async () => {
    await job.toAgree({ records: 10_000, final: false, interleavings: 5, seed: 21 })
    await job.toAgree({ records: 10_000, final: true, interleavings: 2, seed: 22 })
  })

  test('exactly those lines are late that a loop finds late', () => {
    const late = hits.flatMap((hit, i) =>
      hit.late ? [`${i % PARTITIONS}:${Math.floor(i / PARTITIONS)} ${hit.time}`] : [],
    )
    expect(late.length).toBeGreaterThan(500)
    expect(whole.late.map(r => `${r.partition}:${r.offset} ${r.time}`).sort()).toEqual(late.sort())
    expect(whole.dead).toEqual([])
  })

  test('every hour of every status has the hits, bytes and visitors that a loop counts', () => {
    const hours = new Groups(() => ({ hits: 0, bytes: 0, visitors: new Set<string>() }))
    for (const { time, status, bytes, address, late } of hits) {
      if (late) continue
      const hour = hours.at(`${new Date(Math.floor(time / 3_600_000) * 3_600_000).toISOString()} ${status}`)
      hour.hits++
      hour.bytes += bytes
      hour.visitors.add(address)
    }
    const rows = job.rows(whole, 'traffic').map(r => [`${r.window?.start} ${r.key}`, r.value] as const)
    expect(new Map(rows)).toEqual(new Map([...hours].map(([key, h]) => [key, { ...h, visitors: h.visitors.size }])))
  })

  test('each address has its statuses', () => {
    const statuses = new Groups(() => new Set<number>())
    for (const hit of hits) if (!hit.late) statuses.at(hit.address).add(Number(hit.status))
    const rows = job.rows(whole, 'visitors').map(r => [r.key, (r.value as { statuses: number[] }).statuses])
    const expected = [...statuses].map(([address, set]) => [address, [...set].sort((a, b) => a - b)])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected))
  })

  test('once the history is complete the output holds the errors that were not late, in order of time', async () => {
    const errors = hits.filter(hit => !hit.late && Number(hit.status) >= 500)
    expect(errors.length).toBeGreaterThan(0)
    const partitions = (await job.batch('final', true)).outputs.get('errors') ?? []
    const written = partitions.flatMap(records =>
      records.map(r => `${r.timestamp} ${Buffer.from(r.key ?? []).toString()}`),
    )
    expect(written.sort()).toEqual(errors.map(e => `${e.time} ${e.address}`).sort())
    for (const records of partitions) {
      expect(records.every((r, i) => i === 0 || (records[i - 1]?.timestamp as number) <= r.timestamp)).toBe(true)
    }
  })
})
