// The service on an address.
//
// Promises: it listens on loopback alone, unless it was given a token or told to go without one; connections and the
// time of a request are limited, so that a slow client holds nobody up.

import { isIPv6 } from 'node:net'
import { serve as listenWith } from '@hono/node-server'
import { LyrebirdError } from '../core/errors.ts'
import { whenListening } from '../run/listen/when-listening.ts'
import { serviceApp } from './app.ts'
import { CONNECTIONS, REQUEST_MS } from './limits.ts'
import { Snapshots } from './snapshots.ts'

export interface ServeOptions {
  readonly state: string
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
  readonly token: string | null
  /** Told to listen on another host than loopback without a token. */
  readonly insecure: boolean
  /** Further names under which it may be asked. */
  readonly hosts: readonly string[]
  readonly onFailure: (error: unknown) => void
}

export interface Serving {
  /** `http://HOST:PORT`. */
  readonly address: string
  close(): Promise<void>
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Throws `usage` where it may not, or cannot, listen there. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { host, port, token, insecure } = options
  const shown = isIPv6(host) ? `[${host}]` : host
  if (!LOOPBACK.includes(shown) && token === null && !insecure) {
    throw new LyrebirdError('usage', `--host ${host} would answer everybody who can reach it`, {
      hint: 'add --token-file FILE, whose content each request must bring; or type --insecure',
    })
  }
  const snapshots = new Snapshots(options.state)
  const { onFailure } = options
  const app = serviceApp({ snapshots, onFailure, token, hosts: [...LOOPBACK, shown, ...options.hosts] })
  const serverOptions = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 16_384 }
  const server = listenWith({ fetch: app.fetch, hostname: host, port, serverOptions, overrideGlobalObjects: false })
  server.maxConnections = CONNECTIONS
  await whenListening(server, `${shown}:${port}`, 'give another one: --port 8081')
  const bound = server.address() as { readonly port: number }
  return {
    address: `http://${shown}:${bound.port}`,
    async close() {
      await new Promise<void>(resolve => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await snapshots.close()
    },
  }
}
