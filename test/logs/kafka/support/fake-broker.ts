// A server that speaks as much of Kafka's protocol as a test wants: it answers ApiVersions, the test answers the rest.
//
// Promises: a free loopback port; `end` closes the server and its connections.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Highest versions by API key, as far as our calls and kafkajs ask for them. */
export const WHOLE = { 0: 9, 1: 18, 2: 11, 3: 13, 17: 1, 18: 4, 32: 4, 36: 2 }

export interface FakeBroker {
  readonly port: number
  end(): void
}

/** What came after the ApiVersions of a connection. */
export interface Asked {
  readonly apiKey: number
  readonly correlation: number
}

/**
 * Answers ApiVersions with the given versions, and everything else with what `answer` does. With `versions` null it
 * answers nothing itself.
 */
export async function fakeBroker(
  versions: Record<number, number> | null,
  answer: (socket: Socket, asked: Asked) => void,
): Promise<FakeBroker> {
  const sockets: Socket[] = []
  const listening = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', data => {
      const asked = { apiKey: data.readInt16BE(4), correlation: data.readInt32BE(8) }
      if (versions === null || asked.apiKey !== 18) return answer(socket, asked)
      socket.write(framed(versionsBody(versions, asked.correlation)))
    })
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    end() {
      listening.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function versionsBody(versions: Record<number, number>, correlation: number): Buffer {
  const entries = Object.entries(versions)
  const body = Buffer.alloc(10 + entries.length * 6 + 4)
  body.writeInt32BE(correlation, 0)
  body.writeInt32BE(entries.length, 6)
  for (const [i, [key, max]] of entries.entries()) {
    body.writeInt16BE(Number(key), 10 + i * 6)
    body.writeInt16BE(max, 14 + i * 6)
  }
  return body
}

/** A body with its length in front. */
export function framed(body: Buffer): Buffer {
  return Buffer.concat([lengthOf(body.length), body])
}

/** The four bytes that announce an answer of so many bytes. */
export function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes)
  return length
}
