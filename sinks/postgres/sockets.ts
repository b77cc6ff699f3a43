// The socket of a connection to Postgres, with TLS where that is asked for.
//
// Promises: of several hosts each is tried in turn. A socket that is destroyed keeps no process alive, whatever the
// server does. The library never hears of its end: it would write to nothing then; it is told of a failure, and whoever
// asks it looks here first.

import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls'
import type { Address } from './address.ts'
import { CONNECT_MS } from './limits.ts'

/** What the library says of the servers. */
interface Hosts {
  readonly host: readonly string[]
  readonly port: readonly number[]
  /** Of a socket in the file system. */
  readonly path: string | false | undefined
}

type Place = { readonly path: string } | { readonly host: string; readonly port: number }

/** The first message of a client that wants TLS; the answer is one byte, `S` for yes. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 'S'.charCodeAt(0)

export class Sockets {
  readonly #ssl: Address['ssl']
  readonly #open = new Set<Socket>()
  #failure: Error | null = null
  #fail: (error: Error) => void = () => {}
  /** Rejects when the connection has gone. */
  readonly gone: Promise<never>

  constructor(ssl: Address['ssl']) {
    this.#ssl = ssl
    this.gone = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.gone.catch(() => {})
  }

  /** Throws where the connection has gone. */
  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  readonly connect = async ({ host, port, path }: Hosts): Promise<Socket> => {
    let failure: unknown
    for (const [i, name] of host.entries()) {
      try {
        return await this.#connected(path ? { path } : { host: name, port: port[i] as number })
      } catch (error) {
        failure = error
      }
    }
    this.#end(failure as Error)
    throw failure
  }

  destroy(): void {
    this.#end(Object.assign(new Error('the connection was given up'), { code: 'ECONNABORTED' }))
    for (const socket of this.#open) socket.destroy()
  }

  #end(error: Error): void {
    this.#failure ??= error
    this.#fail(this.#failure)
  }

  async #connected(place: Place): Promise<Socket> {
    const raw = connect({ ...place, noDelay: true })
    this.#open.add(raw)
    const late = setTimeout(() => raw.destroy(timedOut(place)), CONNECT_MS)
    try {
      await once(raw, 'connect')
      const socket = this.#ssl === false || 'path' in place ? raw : await secured(raw, place.host, this.#ssl)
      for (const one of new Set([raw, socket])) {
        one.on('error', error => this.#end(error))
        one.once('close', () => this.#end(ended(place)))
      }
      return deafToClose(socket)
    } catch (error) {
      raw.destroy()
      throw error
    } finally {
      clearTimeout(late)
    }
  }
}

async function secured(raw: Socket, host: string, ssl: 'prefer' | ConnectionOptions): Promise<Socket> {
  raw.write(SSL_REQUEST)
  const [answer] = (await once(raw, 'data')) as [Buffer]
  if (answer[0] !== YES) {
    if (ssl === 'prefer') return raw
    throw Object.assign(new Error('the server does not speak TLS'), { code: 'ERR_TLS_REFUSED' })
  }
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const options = ssl === 'prefer' ? { rejectUnauthorized: false } : ssl
  const secure = connectSecurely({ ...servername, host, ...options, socket: raw })
  await once(secure, 'secureConnect')
  return secure
}

/** The library's listeners for the end of a socket are not called. */
function deafToClose(socket: Socket): Socket {
  const on = socket.on.bind(socket)
  const once = socket.once.bind(socket)
  const deaf = (listen: typeof on) => (event: string, listener: (...args: unknown[]) => void) =>
    event === 'close' ? socket : listen(event, listener)
  return Object.assign(socket, { on: deaf(on), once: deaf(once) }) as Socket
}

const shown = (place: Place): string => Object.values(place).join(':')

const ended = (place: Place): Error =>
  Object.assign(new Error(`the connection to ${shown(place)} has ended`), { code: 'ECONNRESET' })

const timedOut = (place: Place): Error =>
  Object.assign(new Error(`no connection to ${shown(place)} within ${CONNECT_MS / 1000} s`), { code: 'ETIMEDOUT' })
