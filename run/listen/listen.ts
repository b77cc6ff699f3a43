// What a running deployment answers over HTTP: /metrics, /healthz, /readyz.
//
// Promises: listens on the address that was asked for and on no other one; answers come from commits and never wait for
// the run. Healthy is a process that goes on; ready is one that is live: until then its views are behind.

import { createServer, type ServerResponse } from 'node:http'
import { isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import type { LogPlace } from '../../logs/index.ts'
import type { RowSinks } from '../feed/feeds.ts'
import { askStatus } from '../status/ask-status.ts'
import type { Status } from '../status/status.ts'
import { Metrics } from './metrics.ts'
import { whenListening } from './when-listening.ts'

interface Listening {
  /** `host:port` that is listened on. */
  readonly address: string
  /** From here on `/readyz` says yes. */
  ready(): void
  close(): Promise<void>
}

interface ListenOptions {
  readonly state: string
  readonly log: LogPlace
  readonly sinks?: RowSinks | undefined
}

/** Throws `usage` where the address is malformed or taken. */
export async function listen(address: string, options: ListenOptions): Promise<Listening> {
  const { host, port } = addressOf(address)
  const metrics = new Metrics()
  let isReady = false
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, 405, 'only GET is answered\n')
    if (pathname === '/healthz') return answer(response, 200, 'ok\n')
    if (pathname === '/readyz') {
      return isReady ? answer(response, 200, 'live\n') : answer(response, 503, 'reading the history\n')
    }
    if (pathname !== '/metrics') return answer(response, 404, 'there are /metrics, /healthz and /readyz\n')
    scrape(metrics, options, isReady).then(
      text => answer(response, 200, text, metrics.contentType),
      error => answer(response, 500, `${(error as Error).message}\n`),
    )
  })
  server.listen(port, host)
  await whenListening(server, `--listen ${address}`, 'give another port, or 0 for a free one: --listen 127.0.0.1:0')
  const bound = server.address() as { port: number }
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    ready: () => {
      isReady = true
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Before the first commit there is no state. */
async function scrape(metrics: Metrics, options: ListenOptions, isLive: boolean): Promise<string> {
  const status = await askStatus(options).catch((error): Status | null => {
    if (isLyrebirdError(error) && error.code === 'state-missing') return null
    throw error
  })
  return await metrics.text(status, isLive)
}

function answer(response: ServerResponse, code: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(text)
}

/** Throws `usage` unless it is HOST:PORT. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text)
  const port = Number(parts?.[3])
  if (parts !== null && port <= 65_535) return { host: (parts[1] ?? parts[2]) as string, port }
  throw new LyrebirdError('usage', `--listen takes HOST:PORT, not ${JSON.stringify(text)}`, {
    hint: 'write --listen 127.0.0.1:9464',
  })
}
