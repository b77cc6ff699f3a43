// Metrics, health and readiness of a deployment over HTTP.

import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../run/listen/listen.ts'
import { askStatus } from '../../../run/status/ask-status.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { testFolder } from '../support/folder.ts'
import { embeddedLog } from '../support/logs.ts'
import { functions, input } from '../support/traffic.ts'

async function listening(state: string, log: string) {
  const server = await listen('127.0.0.1:0', { state, log })
  onTestFinished(() => server.close())
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://${server.address}${path}`, init)
    return { code: response.status, text: await response.text(), type: response.headers.get('content-type') }
  }
  return { server, get }
}

async function places(): Promise<{ log: string; state: string }> {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, input)
  return { log, state }
}

/** Values by name and labels. */
const samplesOf = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

it('metrics are the numbers of the last commit', async () => {
  const { log, state } = await places()
  await runBatch({ functions, log, state })
  const { get } = await listening(state, log)
  const status = await askStatus({ state, log })
  const { code, text, type } = await get('/metrics')
  expect([code, type]).toEqual([200, expect.stringContaining('text/plain; version=0.0.4')])
  const samples = samplesOf(text)
  expect(samples.get('lyrebird_commit_number')).toBe(1)
  for (const { name, rows } of status.views) expect(samples.get(`lyrebird_view_rows{view="${name}"}`)).toBe(rows)
  for (const { partitions, topic, watermark } of status.sources) {
    expect(samples.get(`lyrebird_watermark_seconds{topic="${topic}"}`)).toBe(
      watermark === null ? undefined : watermark / 1000,
    )
    for (const { partition, position } of partitions) {
      expect(samples.get(`lyrebird_position{partition="${partition}"}`)).toBe(Number(position))
      expect(samples.get(`lyrebird_lag_records{partition="${partition}"}`)).toBe(0)
      expect(samples.get(`lyrebird_lag_seconds{partition="${partition}"}`)).toBe(0)
    }
  }
  expect(samples.get('lyrebird_late_records')).toBe(status.late)
  expect(samples.get('lyrebird_dead_letters')).toBe(status.dead)
  expect(samples.get('lyrebird_unreachable')).toBe(0)
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0)
})

it('before the first commit there are the metrics of the process alone', async () => {
  const { log, state } = await places()
  const { get } = await listening(state, log)
  const { code, text } = await get('/metrics')
  expect(code).toBe(200)
  expect([...samplesOf(text).keys()].filter(name => name.startsWith('lyrebird_'))).toEqual(['lyrebird_live'])
})

it('is healthy from the start, and ready once it is live', async () => {
  const { log, state } = await places()
  const { server, get } = await listening(state, log)
  expect((await get('/healthz')).code).toBe(200)
  expect((await get('/readyz')).code).toBe(503)
  expect(samplesOf((await get('/metrics')).text).get('lyrebird_live')).toBe(0)
  server.ready()
  expect(samplesOf((await get('/metrics')).text).get('lyrebird_live')).toBe(1)
  expect((await get('/readyz')).code).toBe(200)
  expect((await get('/other')).code).toBe(404)
  expect((await get('/metrics', { method: 'POST' })).code).toBe(405)
})

it.each(['9464', 'localhost', '127.0.0.1:99999', '127.0.0.1:', ':80', 'http://127.0.0.1:80'])(
  '%s is no address',
  async address => {
    await expect(listen(address, { state: 'state', log: 'log' })).rejects.toMatchObject({
      code: 'usage',
      hint: 'write --listen 127.0.0.1:9464',
    })
  },
)

it('a port that is in use is named', async () => {
  const { log, state } = await places()
  const { server } = await listening(state, log)
  await expect(listen(server.address, { state, log })).rejects.toMatchObject({
    code: 'usage',
    message: `--listen ${server.address} is in use`,
  })
})
