// Logging in to a real broker by token and by certificate: who is let in, sessions that end while connected, files
// that are replaced, and credentials that are revoked in the middle of a run (fault 43).

import { once } from 'node:events'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openKafkaLog } from '../../../../logs/kafka/index.ts'
import type { KafkaLimits } from '../../../../logs/kafka/limits.ts'
import type { Log } from '../../../../logs/log.ts'
import { StreamRun } from '../../../../runtime-stream/index.ts'
import { openKafkaSink } from '../../../../sinks/kafka/kafka-sink.ts'
import { testFolder } from '../../../run/support/folder.ts'
import { append, committed, countingJob, newLog, numbersOf } from '../../../sinks/kafka/support.ts'
import { everything, noKafka, QUICK, TestCluster } from '../support/cluster.ts'
import { Authority, tlsListener } from './pki.ts'
import { TAKES_TOKENS, TOKEN_LOGIN, type TokenServer, tokenServer, unsignedToken } from './token-server.ts'

const LIMIT_MS = 120_000
/** A slow machine may need long for a handshake, and a quick refusal is not what is tested here. */
const PATIENT: Partial<KafkaLimits> = { ...QUICK, connectMs: 5_000, answerMs: 5_000, openMs: 20_000 }

type Environment = Readonly<Record<string, string>>

describe.skipIf(noKafka)('a broker', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let authority: Authority
  let topic: string
  const ends: (() => unknown)[] = []

  beforeAll(async () => {
    authority = new Authority()
    const properties = {
      ...TAKES_TOKENS,
      ...tlsListener(authority, 'required'),
      'listener.name.sasl.plain.connections.max.reauth.ms': '2000',
    }
    cluster = await TestCluster.start({ sasl: true, tls: true, properties })
    topic = await cluster.topic()
    await cluster.send(topic, ['a'])
  }, LIMIT_MS)
  afterAll(async () => {
    await cluster?.end()
    authority?.end()
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function open(address: string, environment: Environment, limits: Partial<KafkaLimits> = {}): Promise<Log> {
    const log = await openKafkaLog(`kafka://${address}`, { environment, limits: { ...PATIENT, ...limits } })
    ends.push(() => log.close())
    return log
  }

  const failure = (opening: Promise<unknown>): Promise<unknown> =>
    opening.then(
      () => 'no failure',
      (e: unknown) => e,
    )

  async function endpoint(lifetimeMs: number): Promise<{ server: TokenServer; environment: Environment }> {
    const server = await tokenServer('carol', 'carol-secret', lifetimeMs)
    ends.push(() => server.end())
    const environment = {
      LYREBIRD_KAFKA_SASL: 'oauthbearer',
      LYREBIRD_KAFKA_TOKEN_URL: server.url,
      LYREBIRD_KAFKA_USER: 'carol',
      LYREBIRD_KAFKA_PASSWORD: 'carol-secret',
    }
    return { server, environment }
  }

  describe('by token', () => {
    test('lets in whoever has one in a file, which is read at each login, and refuses one that has expired', async () => {
      const file = authority.file('token', unsignedToken('carol', -60_000))
      const environment = { LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_FILE: file }
      const refused = await failure(open(cluster.broker.saslAddress, environment))
      expect(refused).toMatchObject({
        code: 'broker-auth',
        message: expect.stringMatching(/refuses the token \(invalid_token\)$/),
      })
      expect(JSON.stringify(refused) + String(refused)).not.toContain(readFileSync(file, 'utf8').slice(0, 20))
      writeFileSync(file, `${unsignedToken('carol', 60_000)}\n`)
      const log = await open(cluster.broker.saslAddress, environment)
      expect(await everything(log, topic)).toEqual(['0:a'])
      // The next connection has the next token.
      writeFileSync(file, unsignedToken('carol', -60_000))
      await cluster.broker.kill()
      await cluster.broker.restart()
      const reading = everything(log, topic)
      await sleep(500)
      writeFileSync(file, unsignedToken('carol', 60_000))
      expect(await reading).toEqual(['0:a'])
    })

    test('of an endpoint goes on through the ends of its sessions, each with a newer token', async () => {
      const { server, environment } = await endpoint(4_000)
      const log = await open(cluster.broker.saslAddress, environment, { outageMs: 10_000 })
      const own = await cluster.topic()
      const until = performance.now() + 10_000
      let sent = 0
      while (performance.now() < until) {
        await cluster.send(own, [`${sent++}`])
        await log.partitions(own)
        await log.changed(200)
        expect(await everything(log, own)).toHaveLength(sent)
      }
      expect(server.given.length).toBeGreaterThanOrEqual(3)
      // A connection on which nothing was said until its session was long over.
      await sleep(6_000)
      expect(await everything(log, own)).toHaveLength(sent)
    })

    test('writes outputs through the ends of its sessions, each record once', async () => {
      const { server, environment } = await endpoint(4_000)
      const told: unknown[] = []
      const kafka = { environment, limits: PATIENT, patience: { onAway: (away: unknown) => void told.push(away) } }
      const log = newLog()
      append(log, 0, 1)
      const stream = await StreamRun.open({
        functions: countingJob('through-sessions'),
        log,
        state: join(testFolder(), 'state'),
        out: options => openKafkaSink(`kafka://${cluster.broker.saslAddress}`, options, kafka),
      })
      let end = 1
      try {
        for (const until = performance.now() + 10_000; performance.now() < until || end < 50; end += 10) {
          append(log, end, end + 10)
          await stream.run.refresh(false)
          await stream.advance(stream.partitions[0] as string, BigInt(end))
          await stream.commit()
          await sleep(50)
        }
        await stream.run.drain()
      } finally {
        await stream.close()
      }
      expect(server.given.length).toBeGreaterThanOrEqual(3)
      const numbers = numbersOf(await committed(`kafka://${cluster.broker.address}`, 'through-sessions'))
      expect(numbers).toEqual(Array.from({ length: end - 11 }, (_, n) => n))
      expect(told).toEqual([])
    })

    test('waits for an endpoint that is away, and ends where it refuses us', async () => {
      const { server, environment } = await endpoint(2_000)
      const away = { ...environment, LYREBIRD_KAFKA_TOKEN_URL: 'http://127.0.0.1:1/token' }
      expect(await failure(open(cluster.broker.saslAddress, away, { openMs: 1_000 }))).toMatchObject({
        code: 'broker-unreachable',
        message: expect.stringMatching(/no token to log in with.*127\.0\.0\.1:1\/token cannot be reached/),
      })
      const wrong = { ...environment, LYREBIRD_KAFKA_PASSWORD: 'canary-wrong' }
      const refused = await failure(open(cluster.broker.saslAddress, wrong))
      expect(refused).toMatchObject({ code: 'broker-auth', message: expect.stringContaining('401 (invalid_client)') })
      expect(String(refused)).not.toContain('canary')

      const log = await open(cluster.broker.saslAddress, environment, { outageMs: 10_000 })
      server.answers = 503
      await sleep(2_500)
      const reading = everything(log, topic)
      await sleep(500)
      server.answers = 200
      expect(await reading).toEqual(['0:a'])
      server.answers = 401
      await sleep(2_500)
      const short = await open(cluster.broker.address, {})
      expect(await everything(short, topic)).toEqual(['0:a'])
      expect(await failure(everything(log, topic))).toMatchObject({ code: 'broker-auth' })
    })
  })

  test('that ends sessions of users with passwords too (connections.max.reauth.ms) loses nothing', async () => {
    const environment = {
      LYREBIRD_KAFKA_SASL: 'plain',
      LYREBIRD_KAFKA_USER: 'alice',
      LYREBIRD_KAFKA_PASSWORD: 'alice-pw',
    }
    const log = await open(cluster.broker.saslAddress, environment)
    for (const until = performance.now() + 7_000; performance.now() < until; await sleep(100)) {
      expect(await everything(log, topic)).toEqual(['0:a'])
    }
  })

  describe('by certificate', () => {
    const own = ({ cert, key }: { cert: string; key: string }, more: Environment = {}): Environment => ({
      LYREBIRD_KAFKA_CA: authority.ca,
      LYREBIRD_KAFKA_CERT: cert,
      LYREBIRD_KAFKA_KEY: key,
      ...more,
    })

    test('lets in whoever has one, also with an encrypted key', async () => {
      for (const environment of [
        own(authority.issue('ann')),
        own(authority.issue('ann', { password: 'key-secret' }), { LYREBIRD_KAFKA_KEY_PASSWORD: 'key-secret' }),
      ]) {
        expect(await everything(await open(cluster.broker.tlsAddress, environment), topic)).toEqual(['0:a'])
      }
    })

    test('and by token on the same connection', async () => {
      const both = await TestCluster.start({
        tls: true,
        properties: {
          ...TAKES_TOKENS,
          ...tlsListener(authority, 'none'),
          'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SASL_SSL',
          'sasl.enabled.mechanisms': 'OAUTHBEARER',
          'listener.name.tls.oauthbearer.sasl.jaas.config': TOKEN_LOGIN,
        },
      })
      ends.push(() => both.end())
      const own = await both.topic()
      await both.send(own, ['b'])
      const { environment } = await endpoint(60_000)
      const log = await open(both.broker.tlsAddress, { ...environment, LYREBIRD_KAFKA_CA: authority.ca })
      expect(await everything(log, own)).toEqual(['0:b'])
    })

    test('refuses whoever has none, an expired one, or one of another authority: broker-auth', async () => {
      const stranger = new Authority()
      ends.push(() => stranger.end())
      const expired = own(authority.issue('ann', { days: -1 }))
      for (const [environment, message] of [
        [{ LYREBIRD_KAFKA_CA: authority.ca }, /does not let us in/],
        [expired, /our own certificate \(LYREBIRD_KAFKA_CERT\) has expired on /],
        [own(stranger.issue('ann')), /does not let us in/],
        [own(authority.issue('ann'), { LYREBIRD_KAFKA_CA: stranger.ca }), /certificate|verify/],
      ] as const) {
        expect(await failure(open(cluster.broker.tlsAddress, environment))).toMatchObject({
          code: 'broker-auth',
          message: expect.stringMatching(message),
        })
      }
    })

    test('that is replaced on the disk is used for the next connection', async () => {
      const [good, bad] = [authority.issue('ann'), authority.issue('ann', { days: -1 })]
      const used = { cert: join(authority.dir, 'used.pem'), key: join(authority.dir, 'used.key') }
      const put = ({ cert, key }: { cert: string; key: string }): void => {
        copyFileSync(cert, used.cert)
        copyFileSync(key, used.key)
      }
      put(good)
      const log = await open(cluster.broker.tlsAddress, own(used))
      const short = await open(cluster.broker.tlsAddress, own(used), { outageMs: 2_000 })
      expect(await everything(log, topic)).toEqual(['0:a'])
      expect(await everything(short, topic)).toEqual(['0:a'])
      put(bad)
      // Connections that are there stay.
      expect(await everything(log, topic)).toEqual(['0:a'])
      await cluster.broker.kill()
      await cluster.broker.restart()
      const reading = everything(log, topic)
      expect(await failure(everything(short, topic))).toMatchObject({
        code: 'broker-auth',
        message: expect.stringContaining('has expired on'),
      })
      put(authority.issue('ann'))
      expect(await reading).toEqual(['0:a'])
    })
  })

  test('whose own certificate has expired is not talked to', async () => {
    const { cert, key } = authority.issue('broker', { days: -1 })
    const heard: string[] = []
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, socket => {
      socket.on('error', () => {})
      socket.on('data', data => heard.push(data.toString('latin1')))
    })
    server.on('tlsClientError', () => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ends.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const refused = await failure(open(`127.0.0.1:${port}`, { LYREBIRD_KAFKA_CA: authority.ca }))
    expect(refused).toMatchObject({ code: 'broker-auth', message: expect.stringContaining('certificate has expired') })
    expect(heard).toEqual([])
  })

  test('that revokes a password in the middle of a run ends it with broker-auth', async () => {
    const environment = {
      LYREBIRD_KAFKA_SASL: 'plain',
      LYREBIRD_KAFKA_USER: 'alice',
      LYREBIRD_KAFKA_PASSWORD: 'alice-pw',
    }
    const log = await open(cluster.broker.saslAddress, environment, { outageMs: 3_000 })
    expect(await everything(log, topic)).toEqual(['0:a'])
    const file = join(dirname(cluster.broker.logDir), 'server.properties')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, before.replace('user_alice="alice-pw"', 'user_alice="another"'))
    await cluster.broker.kill()
    await cluster.broker.restart()
    try {
      const refused = await failure(everything(log, topic))
      expect(refused).toMatchObject({ code: 'broker-auth', exitCode: 4 })
      expect(String(refused)).not.toContain('alice-pw')
    } finally {
      writeFileSync(file, before)
      await cluster.broker.kill()
      await cluster.broker.restart()
    }
  })
})
