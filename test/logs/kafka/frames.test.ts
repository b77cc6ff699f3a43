// What brokers and other servers may send in place of an answer: impossible lengths, other protocols, a refused login.
//
// Promises: a typed failure at once, and no memory for what only was announced.

import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createClient } from '../../../logs/kafka/client.ts'
import { FrameCheck } from '../../../logs/kafka/frames.ts'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { kafkaSettings } from '../../../logs/kafka/settings.ts'
import { type Asked, fakeBroker, framed, lengthOf, WHOLE } from './support/fake-broker.ts'

const MOST = 1000

describe('the check of lengths', () => {
  const sizes = fc.array(fc.integer({ min: 4, max: 40 }), { maxLength: 6 })

  test('lets answers through, however they are cut', () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(200)), (lengths, cuts) => {
        const bytes = Buffer.concat(lengths.map(length => framed(Buffer.alloc(length, 0xff))))
        const check = new FrameCheck(MOST)
        for (const piece of pieces(bytes, cuts)) expect(check.push(piece)).toBeNull()
      }),
    )
  })

  test('finds an impossible length at its fourth byte, however it is cut', () => {
    const bad = fc.oneof(fc.integer({ min: -(2 ** 31), max: 3 }), fc.integer({ min: MOST + 1, max: 2 ** 31 - 1 }))
    fc.assert(
      fc.property(sizes, bad, fc.array(fc.nat(200)), (lengths, length, cuts) => {
        const before = lengths.map(size => framed(Buffer.alloc(size)))
        const check = new FrameCheck(MOST)
        const found = pieces(Buffer.concat([...before, lengthOf(length)]), cuts).map(piece => check.push(piece))
        expect(found.at(-1)).not.toBeNull()
        expect(found.slice(0, -1).every(one => one === null)).toBe(true)
      }),
    )
  })
})

/** The bytes in pieces, cut at these places; none is empty. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.filter(cut => cut < bytes.length), bytes.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

describe('a broker that answers nonsense', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })

  const limits = { connectMs: 5_000, answerMs: 20_000, openMs: 20_000 }
  async function open(
    answer: (socket: Socket, asked: Asked) => void,
    { versions = WHOLE as Record<number, number> | null, environment = {} } = {},
  ): Promise<unknown> {
    const { port, end } = await fakeBroker(versions, answer)
    ends.push(end)
    return openKafkaLog(`kafka://127.0.0.1:${port}`, { environment, limits }).then(
      log => log.close(),
      (failure: unknown) => failure,
    )
  }

  test.each([
    ['a negative length', lengthOf(-5), /announces an answer of -5 bytes/],
    ['no room for the correlation id', lengthOf(3), /announces an answer of 3 bytes/],
    ['two gigabytes', lengthOf(2 ** 31 - 1), /announces an answer of 2147483647 bytes/],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /no Kafka broker: it answers "HTTP/],
  ])('%s is broker-error at once, as first answer and later', async (_, bytes, message) => {
    const say = (socket: Socket): void => void socket.write(bytes)
    for (const versions of [WHOLE, null]) {
      const start = performance.now()
      expect(await open(say, { versions })).toMatchObject({
        code: 'broker-error',
        exitCode: 4,
        message: expect.stringMatching(message),
      })
      expect(performance.now() - start).toBeLessThan(3_000)
    }
  })

  test('what follows an impossible length is not kept, and the connection is closed', async () => {
    let sent = 0
    const closed = new Promise<void>(resolve => {
      void open(socket => {
        const block = Buffer.alloc(1 << 20)
        const pour = (): void => {
          for (let room = true; room && !socket.destroyed; sent += block.length) room = socket.write(block)
        }
        socket.on('drain', pour).on('close', () => resolve())
        socket.write(lengthOf(2 ** 31 - 1))
        pour()
      })
    })
    await closed
    expect(sent).toBeLessThan(64 << 20)
  })

  test('TLS where none is expected is broker-auth', async () => {
    const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46])
    expect(await open(socket => void socket.write(alert), { versions: null })).toMatchObject({
      code: 'broker-auth',
      message: expect.stringContaining('it talks TLS'),
    })
  })

  test('a mechanism that the broker does not have is broker-auth at once', async () => {
    const environment = {
      LYREBIRD_KAFKA_SASL: 'scram-sha-256',
      LYREBIRD_KAFKA_USER: 'someone',
      LYREBIRD_KAFKA_PASSWORD: 'secret-of-someone',
    }
    const start = performance.now()
    const failure = await open(
      (socket, { correlation }) => {
        // UNSUPPORTED_SASL_MECHANISM, and that PLAIN is there.
        const body = Buffer.concat([
          lengthOf(correlation),
          Buffer.from([0, 33, 0, 0, 0, 1, 0, 5]),
          Buffer.from('PLAIN'),
        ])
        socket.write(framed(body))
      },
      { environment },
    )
    expect(failure).toMatchObject({
      code: 'broker-auth',
      exitCode: 4,
      message: expect.stringContaining('scram-sha-256'),
    })
    expect(String(failure)).not.toContain('secret-of-someone')
    expect(performance.now() - start).toBeLessThan(3_000)
  })

  test('a login that the connection does not survive is no refusal', async () => {
    const { port, end } = await fakeBroker(WHOLE, (socket, { apiKey, correlation }) => {
      if (apiKey !== 17) return void socket.destroy()
      socket.write(
        framed(Buffer.concat([lengthOf(correlation), Buffer.from([0, 0, 0, 0, 0, 1, 0, 5]), Buffer.from('PLAIN')])),
      )
    })
    ends.push(end)
    const environment = { LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_USER: 'a', LYREBIRD_KAFKA_PASSWORD: 'b' }
    const client = createClient(kafkaSettings(`kafka://127.0.0.1:${port}`, environment, limits))
    await expect(client.link('127.0.0.1', port)).rejects.toMatchObject({ kind: 'unreachable' })
  })
})
