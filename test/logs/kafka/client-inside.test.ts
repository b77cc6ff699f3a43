// The internals of kafkajs that logs/kafka/client.ts uses: a change of them fails here.
//
// Promises: an update of the package that breaks the client is red here, rather than a wrong answer later. The last
// tests talk to a server of the test's own.

import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import kafkajs from 'kafkajs'
import { afterEach, describe, expect, test } from 'vitest'
import { metadataCall } from '../../../logs/kafka/calls/metadata.ts'
import { createClient } from '../../../logs/kafka/client.ts'
import { LinkFailure } from '../../../logs/kafka/failures.ts'
import { kafkaSettings } from '../../../logs/kafka/settings.ts'
import { type Asked, fakeBroker, framed, WHOLE } from './support/fake-broker.ts'

describe('kafkajs', () => {
  test('is the version that the client module was written for', () => {
    const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string }
    expect(version).toBe('2.2.4')
  })

  test('has the members that are used', async () => {
    const kafka = new kafkajs.Kafka({ clientId: 'test', brokers: ['127.0.0.1:1'], logLevel: kafkajs.logLevel.NOTHING })
    const symbol = Object.getOwnPropertySymbols(kafka).find(s => s.description === 'private:Kafka:createCluster')
    expect(symbol).toBeDefined()
    type Inside = Record<string, (...args: unknown[]) => unknown> & { connectionPoolBuilder: Builder; brokerPool: Pool }
    type Builder = { build(to: object): Promise<Record<string, unknown> & { pool: Record<string, unknown>[] }> }
    type Pool = { createBroker(options: object): Record<string, unknown> }
    const make = (kafka as unknown as Record<symbol, (options: object) => Inside>)[symbol as symbol]
    const cluster = make?.call(kafka, { allowAutoTopicCreation: false }) as Inside
    const pool = await cluster.connectionPoolBuilder.build({ host: '127.0.0.1', port: 1 })
    expect(pool).toMatchObject({ host: '127.0.0.1', port: 1, connectionTimeout: expect.any(Number) })
    expect(pool.pool).toHaveLength(2)
    for (const connection of pool.pool) {
      for (const name of ['isConnected', 'authenticate', 'disconnect', 'rejectRequests', 'processData', 'send']) {
        expect(connection[name], name).toBeTypeOf('function')
      }
    }
    expect(pool.getConnection).toBeTypeOf('function')
    const broker = cluster.brokerPool.createBroker({ connectionPool: pool, logger: kafka.logger() })
    expect(broker.connect).toBeTypeOf('function')
    expect(broker.versions).toBeNull()
  })
})

describe('a link', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })

  async function server(versions: Record<number, number>, answer: Parameters<typeof fakeBroker>[1]): Promise<number> {
    const { port, end } = await fakeBroker(versions, answer)
    ends.push(end)
    return port
  }
  const limits = { connectMs: 500, answerMs: 300 }
  const clientFor = (port: number) => createClient(kafkaSettings(`kafka://127.0.0.1:${port}`, {}, limits))

  test('to a broker that is too old reports the calls that it lacks', async () => {
    const port = await server({ ...WHOLE, 1: 11, 3: 9 }, () => {})
    const linking = clientFor(port).link('127.0.0.1', port)
    await expect(linking).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('Fetch v13, Metadata v12'),
    })
  })

  test('fails for good: no answer, half an answer, nonsense', async () => {
    const half = (socket: Socket): void => void socket.end(Buffer.from([0, 0, 1, 0, 0, 0, 0, 1, 9, 9]))
    const nonsense = (socket: Socket, { correlation }: Asked): void => {
      const body = Buffer.alloc(40, 0xff)
      body.writeInt32BE(correlation)
      socket.write(framed(body))
    }
    for (const [answer, kind] of [
      [() => {}, 'unreachable'],
      [half, 'unreachable'],
      [nonsense, 'protocol'],
    ] as const) {
      const port = await server(WHOLE, answer)
      const link = await clientFor(port).link('127.0.0.1', port)
      expect(link.alive()).toBe(true)
      await expect(link.send(metadataCall(null))).rejects.toMatchObject({ name: 'LinkFailure', kind })
      expect(link.alive()).toBe(false)
      await expect(link.send(metadataCall(null))).rejects.toBeInstanceOf(LinkFailure)
    }
  })

  test('with TLS to a port without it is refused, and does not continue unencrypted', async () => {
    const heard: string[] = []
    const listening = createServer(socket => {
      ends.push(() => socket.destroy())
      socket.on('error', () => {})
      socket.on('data', data => {
        heard.push(data.toString('latin1'))
        socket.write('no TLS here')
      })
    }).listen(0, '127.0.0.1')
    ends.push(() => listening.close())
    await once(listening, 'listening')
    const { port } = listening.address() as AddressInfo
    const client = createClient(kafkaSettings(`kafka://127.0.0.1:${port}`, { LYREBIRD_KAFKA_TLS: '1' }, limits))
    await expect(client.link('127.0.0.1', port)).rejects.toMatchObject({ kind: 'auth' })
    expect(heard.join('')).not.toContain('lyrebird')
  })
})
