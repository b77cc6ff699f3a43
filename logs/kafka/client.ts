// The only module that uses kafkajs (2.2.4, pinned), and only its connections: TLS, SASL and the negotiation of
// versions.
//
// Promises: one socket of a link answers control calls, the other one fetches; a link that has failed once is never
// used again (kafkajs keeps half an answer of the old socket and would put it before the new ones); no more than the
// largest answer is ever buffered; the logger of kafkajs is silent.
// Not here: which broker, when to try again (`cluster.ts`).
// Why its internals: kafkajs decodes Fetch itself, slowly, and delivers records of aborted transactions
// (docs/kafka.md). `test/logs/kafka/client-inside.test.ts` fails where they change.

import kafkajs from 'kafkajs'
import type { ApiCall } from './calls/wire.ts'
import { LinkFailure } from './failures.ts'
import { FrameCheck } from './frames.ts'
import { ANSWER_BYTES_MAX, FETCH_ANSWER_BYTES_MAX } from './limits.ts'
import { isTlsRefusal, outOfDate, type TlsFiles } from './login/certificates.ts'
import { oauthBearer } from './login/oauth-bearer.ts'
import type { Sasl } from './login/sasl.ts'
import type { KafkaSettings } from './settings.ts'

/** Connections to one broker. */
export interface Link {
  /** False once any of its sockets has been lost. */
  alive(): boolean
  /**
   * Sends a call and waits for its answer, `waitMs` longer than usual. Rejects with a LinkFailure; then the link is
   * dead.
   */
  send<Answer>(call: ApiCall<Answer>, waitMs?: number): Promise<Answer>
  /** Rejects the pending calls and closes the sockets. */
  close(): void
}

export interface Client {
  /** Opens and authenticates both sockets. Rejects with a LinkFailure. */
  link(host: string, port: number): Promise<Link>
}

/** Versions that our calls are written for; each broker must support them. */
const NEEDED: readonly { readonly key: number; readonly name: string; readonly version: number }[] = [
  { key: 1, name: 'Fetch', version: 13 },
  { key: 2, name: 'ListOffsets', version: 7 },
  { key: 3, name: 'Metadata', version: 12 },
  { key: 32, name: 'DescribeConfigs', version: 4 },
]

export function createClient(settings: KafkaSettings): Client {
  return {
    async link(host, port) {
      const name = `${host}:${port}`
      const login = loginOf(settings)
      const { pool, broker } = await connectionsTo(host, port, settings, login)
      const link = linkOver(pool)
      for (const [index, connection] of pool.pool.entries()) {
        checkFrames(connection, name, index === FETCHES ? FETCH_ANSWER_BYTES_MAX : ANSWER_BYTES_MAX)
        loginAgainInTime(connection)
      }
      try {
        await broker.connect()
        await pool.getConnection(FETCHES)
        await (pool.pool[FETCHES] as Connection).authenticate()
      } catch (e) {
        link.close()
        throw refusalOf(e, name, login)
      }
      const missing = NEEDED.filter(({ key, version }) => !speaks(broker.versions?.[key], version))
      if (missing.length > 0) {
        link.close()
        const list = missing.map(({ name, version }) => `${name} v${version}`).join(', ')
        throw new LinkFailure('protocol', `the broker at ${name} does not speak ${list}`)
      }
      return link
    },
  }
}

/** What one link logs in with: read anew for each, since files may have been replaced. */
interface Login {
  readonly tls: TlsFiles | null
  readonly sasl: Sasl | null
}

function loginOf({ tls, sasl }: KafkaSettings): Login {
  try {
    return { tls: tls?.() ?? null, sasl: sasl?.() ?? null }
  } catch (e) {
    throw new LinkFailure('auth', (e as Error).message, e)
  }
}

async function connectionsTo(host: string, port: number, { brokers, limits }: KafkaSettings, { tls, sasl }: Login) {
  const kafka = new kafkajs.Kafka({
    clientId: 'lyrebird',
    brokers: [...brokers],
    connectionTimeout: limits.connectMs,
    authenticationTimeout: limits.answerMs,
    requestTimeout: limits.answerMs,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
    logCreator: () => () => {},
    ...(tls === null ? {} : { ssl: tlsOptions(tls) }),
    ...(sasl === null ? {} : { sasl: saslOptions(sasl) }),
  })
  const cluster = clusterOf(kafka)
  const pool = await cluster.connectionPoolBuilder.build({ host, port })
  return { pool, broker: cluster.brokerPool.createBroker({ connectionPool: pool, logger: kafka.logger() }) }
}

/** Why there is no link; a token that was refused is not used again. */
function refusalOf(e: unknown, name: string, { tls, sasl }: Login): LinkFailure {
  const failure = failureOf(e, name, sasl?.mechanism)
  if (failure.kind !== 'auth') return failure
  if (sasl?.mechanism === 'oauthbearer') sasl.tokens.refused()
  const dated = tls === null ? null : outOfDate(tls, new Date())
  return dated === null ? failure : new LinkFailure('auth', `${failure.message}; ${dated}`, e)
}

const CONTROL = 0
const FETCHES = 1

function linkOver(pool: ConnectionPool): Link {
  const name = `${pool.host}:${pool.port}`
  let closed = false
  const close = (reason: Error): void => {
    if (closed) return
    closed = true
    for (const connection of pool.pool) {
      connection.rejectRequests(reason)
      connection.disconnect().catch(() => {})
    }
  }
  return {
    alive: () => !closed && pool.pool.every(connection => connection.isConnected()),
    close: () => close(new LinkFailure('unreachable', `the connection to ${name} was closed`)),
    async send(call, waitMs = 0) {
      if (closed) throw new LinkFailure('unreachable', `the connection to ${name} was closed`)
      const connection = pool.pool[call.apiKey === FETCH_KEY ? FETCHES : CONTROL] as Connection
      const payload = call.encode()
      try {
        return await connection.send({
          request: { ...nameOf(call), encode: async () => ({ buf: payload, buffer: payload }) },
          response: { decode: async bytes => ({ bytes }), parse: async ({ bytes }) => call.decode(bytes) },
          requestTimeout: waitMs === 0 ? null : waitMs + pool.connectionTimeout,
          logResponseError: false,
        })
      } catch (e) {
        const failure = failureOf(e, name)
        close(failure)
        throw failure
      }
    },
  }
}

/** Ends a connection whose next answer has an impossible length, before kafkajs buffers it. */
function checkFrames(connection: Connection, name: string, most: number): void {
  const frames = new FrameCheck(most)
  const process = connection.processData.bind(connection)
  let failed = false
  connection.processData = bytes => {
    if (failed) return
    const bad = frames.push(bytes)
    if (bad === null) return process(bytes)
    failed = true
    connection.rejectRequests(new LinkFailure(bad.kind === 'tls' ? 'auth' : 'protocol', `${name}: ${bad.message}`))
    connection.disconnect().catch(() => {})
    connection.socket?.destroy()
  }
}

const FETCH_KEY = 1

const nameOf = <A>({ apiKey, apiVersion, apiName }: ApiCall<A>) => ({ apiKey, apiVersion, apiName })

const speaks = (range: VersionRange | undefined, version: number): boolean =>
  range !== undefined && range.minVersion <= version && version <= range.maxVersion

function tlsOptions({ ca, own }: TlsFiles): NonNullable<kafkajs.KafkaConfig['ssl']> {
  const trust = ca === null ? {} : { ca: [ca] }
  if (own === null) return trust
  const { cert, key, passphrase } = own
  return { ...trust, cert, key, ...(passphrase === null ? {} : { passphrase }) }
}

function saslOptions(sasl: Sasl): kafkajs.SASLOptions | kafkajs.Mechanism {
  if (sasl.mechanism === 'oauthbearer') {
    return { mechanism: sasl.mechanism, authenticationProvider: oauthBearer(sasl.tokens) }
  }
  const { mechanism, username, password } = sasl
  return { mechanism, username, password } as kafkajs.SASLOptions
}

/** How long before the end of its session a connection logs in again, at most, and as a share of the session. */
const LOGIN_AGAIN_MS = 10_000
const LOGIN_AGAIN_SHARE = 1 / 4

/**
 * Brokers end a session with the token of its login, or after connections.max.reauth.ms (KIP-368). kafkajs logs in
 * again on the same connection, always 10 s before: too much for a short session.
 */
function loginAgainInTime(connection: Connection): void {
  Object.defineProperty(connection, 'reauthenticationThreshold', {
    get: () => Math.min(LOGIN_AGAIN_MS, Math.floor(Number(connection.sessionLifetime) * LOGIN_AGAIN_SHARE)),
  })
}

/** Kafka's errors that say no to how we log in. */
const SASL_TYPES: ReadonlySet<string> = new Set(['ILLEGAL_SASL_STATE', 'SASL_AUTHENTICATION_FAILED'])

const LOST = /closed connection|connection error|connection timeout|timed out|socket/i

function failureOf(e: unknown, broker: string, mechanism = 'that was asked for'): LinkFailure {
  if (e instanceof LinkFailure) return e
  const {
    name = '',
    message = String(e),
    code,
    type,
  } = e as { name?: string; message?: string; code?: unknown; type?: string }
  // kafkajs calls a connection that is lost while it logs in a login that failed.
  if (name === 'KafkaJSSASLAuthenticationError' && LOST.test(message)) {
    return new LinkFailure('unreachable', `${broker}: ${message}`, e)
  }
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return new LinkFailure('auth', `${broker} does not have the SASL mechanism ${mechanism}`, e)
  }
  const auth = name === 'KafkaJSSASLAuthenticationError' || (type !== undefined && SASL_TYPES.has(type))
  if (auth || isTlsRefusal(code)) return new LinkFailure('auth', `${broker}: ${message}`, e)
  return new LinkFailure(e instanceof RangeError ? 'protocol' : 'unreachable', `${broker}: ${message}`, e)
}

// The internals that are used here; the shapes are those of kafkajs 2.2.4 (src/cluster, src/broker, src/network).

interface VersionRange {
  readonly minVersion: number
  readonly maxVersion: number
}

interface Connection {
  isConnected(): boolean
  authenticate(): Promise<void>
  /** ms until the broker ends the session; 0 where it does not. */
  readonly sessionLifetime: { toString(): string }
  disconnect(): Promise<unknown>
  rejectRequests(reason: Error): void
  /** Gets what the socket gives, in the order in which it comes. */
  processData(bytes: Buffer): void
  readonly socket?: { destroy(): void }
  send<Answer>(message: {
    request: { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<{ buf: Buffer; buffer: Buffer }> }
    response: { decode(bytes: Buffer): Promise<{ bytes: Buffer }>; parse(decoded: { bytes: Buffer }): Promise<Answer> }
    requestTimeout: number | null
    logResponseError: boolean
  }): Promise<Answer>
}

interface ConnectionPool {
  readonly host: string
  readonly port: number
  readonly connectionTimeout: number
  readonly pool: readonly Connection[]
  getConnection(index: number): Promise<Connection>
}

interface Cluster {
  readonly connectionPoolBuilder: { build(to: { host: string; port: number }): Promise<ConnectionPool> }
  readonly brokerPool: {
    createBroker(options: { connectionPool: ConnectionPool; logger: unknown }): {
      readonly versions: Readonly<Record<number, VersionRange>> | null
      connect(): Promise<void>
    }
  }
}

const CREATE_CLUSTER = 'private:Kafka:createCluster'

/** The cluster object behind a Kafka object. Throws where this is another version of kafkajs. */
function clusterOf(kafka: kafkajs.Kafka): Cluster {
  const inside = kafka as unknown as Record<symbol, ((options: object) => Cluster) | undefined>
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER)
  const cluster = symbol === undefined ? undefined : inside[symbol]?.({ allowAutoTopicCreation: false })
  const whole = typeof cluster?.connectionPoolBuilder?.build === 'function'
  if (!whole || typeof cluster.brokerPool?.createBroker !== 'function') {
    throw new Error('kafkajs is not the version that logs/kafka/client.ts was written for (2.2.4)')
  }
  return cluster
}
