// The sockets of a connection to Postgres.
//
// Promises: of several hosts each is tried in turn; a socket that is destroyed keeps no process alive, whatever the
// server does.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { CONNECT_MS } from './limits.ts'

/** What the library says of the servers. */
interface Hosts {
  readonly host: readonly string[]
  readonly port: readonly number[]
  /** Of a socket in the file system. */
  readonly path: string | false | undefined
}

export class Sockets {
  readonly #open = new Set<Socket>()
  #tried = 0

  readonly connect = async ({ host, port, path }: Hosts): Promise<Socket> => {
    let failure: unknown
    for (let i = 0; i < host.length; i++) {
      const at = this.#tried++ % host.length
      const place = path ? { path } : { host: host[at] as string, port: port[at] as number }
      try {
        return await this.#connected(place)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy()
  }

  async #connected(
    place: { readonly path: string } | { readonly host: string; readonly port: number },
  ): Promise<Socket> {
    const socket = connect({ ...place, noDelay: true })
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    const late = setTimeout(() => socket.destroy(timedOut(place)), CONNECT_MS)
    try {
      await once(socket, 'connect')
    } catch (error) {
      socket.destroy()
      throw error
    } finally {
      clearTimeout(late)
    }
    // The library looks here for the name that a certificate must have.
    return Object.assign(socket, place)
  }
}

function timedOut(place: object): Error {
  const where = Object.values(place).join(':')
  return Object.assign(new Error(`no connection to ${where} within ${CONNECT_MS / 1000} s`), { code: 'ETIMEDOUT' })
}
