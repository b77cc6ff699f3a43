// A service over a state that a test fills.

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { job, source, sum, tumbling } from '../../dsl/index.ts'
import type { MemoryLog } from '../../logs/memory.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { type ServeOptions, type Serving, serve } from '../../serving/serve.ts'
import { testFolder } from '../run/support/folder.ts'
import { memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { programOf } from '../support/run-job.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}

const HOUR = 3_600_000

export function functions(): FunctionsModule {
  const keyed = source<Event>('in', { time: e => e.t }).keyBy(e => e.k)
  const hourly = keyed.window(tumbling('1h')).aggregate({ n: sum(e => e.n) })
  return interpretedModule(programOf(job('served', { total: keyed.sum(e => e.n), hourly, kept: hourly.keep('10h') })))
}

export interface Place {
  readonly log: MemoryLog
  readonly state: string
}

export const newPlace = (): Place => ({
  log: memoryLog([{ topic: 'in', partition: 0, records: [] }]),
  state: join(testFolder(), 'state'),
})

const utf8 = new TextEncoder()

/** Appends records from <= i < to, and brings the state up to them. */
export async function fill({ log, state }: Place, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) {
    const event = { t: i * (HOUR / 4), k: `k${i % 10}`, n: i }
    log.append('in', 0, [{ timestamp: event.t, value: utf8.encode(JSON.stringify(event)) }])
  }
  await runBatch({ functions: functions(), log, state })
}

export async function service(state: string, options: Partial<ServeOptions> = {}): Promise<Serving> {
  const failures: unknown[] = []
  const own = { state, host: '127.0.0.1', port: 0, token: null, insecure: false, hosts: [] }
  const serving = await serve({ ...own, onFailure: error => void failures.push(error), ...options })
  onTestFinished(async () => {
    await serving.close()
    if (failures.length > 0) throw failures[0]
  })
  return serving
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  readonly body: any
}

export async function get({ address }: Serving, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${address}${path}`, { headers })
  const text = await response.text()
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}
