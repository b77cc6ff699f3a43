// No secret is ever in a text: commands run with secrets that are easy to find, and everything that they print and
// every file that they write is searched for them.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ended, JOB, project, records, run } from '../../../cli/lyrebird.ts'
import { noKafka, TestCluster } from '../support/cluster.ts'
import { Authority, tlsListener } from './pki.ts'
import { TAKES_TOKENS, type TokenServer, tokenServer, unsignedToken } from './token-server.ts'

const LIMIT_MS = 300_000
const PASSWORD = 'canary-password-7Qx'
const WRONG = 'canary-wrong-7Qx'
const CLIENT_SECRET = 'canary-client-7Qx'
const KEY_PASSWORD = 'canary-key-7Qx'
const TOKEN = unsignedToken('canary-token-7Qx', -60_000)

describe.skipIf(noKafka)('secrets', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let authority: Authority
  let tokens: TokenServer
  let folder: string
  let plain: string
  let tls: string
  const printed: [command: string, text: string][] = []

  beforeAll(async () => {
    authority = new Authority()
    tokens = await tokenServer('carol', CLIENT_SECRET, 600_000)
    const users = `user_alice="${PASSWORD}" user_bob="${PASSWORD}"`
    const properties = {
      ...TAKES_TOKENS,
      ...tlsListener(authority, 'required'),
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:alice;User:carol;User:CN=ann',
      'listener.name.sasl.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
    }
    cluster = await TestCluster.start({ sasl: true, tls: true, properties })
    await cluster.topic({ name: 'page-views' })
    await cluster.send('page-views', records(200).trim().split('\n'))
    folder = project({ 'job.ts': JOB })
    for (const name of ['home', 'tmp']) mkdirSync(join(folder, name))
    plain = `kafka://${cluster.broker.saslAddress}`
    tls = `kafka://${cluster.broker.tlsAddress}`
  }, LIMIT_MS)
  afterAll(async () => {
    tokens?.end()
    await cluster?.end()
    authority?.end()
  })

  async function lyrebird(command: string, environment: Record<string, string>): Promise<Ended> {
    const env = { HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp'), ...environment }
    const ended = await run(folder, command.split(' '), { env })
    printed.push([command, `${ended.out}\n${ended.err}`])
    return ended
  }

  const byPassword = (password = PASSWORD, user = 'alice') => ({
    LYREBIRD_KAFKA_SASL: 'plain',
    LYREBIRD_KAFKA_USER: user,
    LYREBIRD_KAFKA_PASSWORD: password,
  })
  const byEndpoint = (secret = CLIENT_SECRET) => ({
    LYREBIRD_KAFKA_SASL: 'oauthbearer',
    LYREBIRD_KAFKA_USER: 'carol',
    LYREBIRD_KAFKA_PASSWORD: secret,
    LYREBIRD_KAFKA_TOKEN_URL: tokens.url,
  })
  const byCertificate = (password = KEY_PASSWORD) => {
    const { cert, key } = authority.issue('ann', { password: KEY_PASSWORD })
    return {
      LYREBIRD_KAFKA_CA: authority.ca,
      LYREBIRD_KAFKA_CERT: cert,
      LYREBIRD_KAFKA_KEY: key,
      LYREBIRD_KAFKA_KEY_PASSWORD: password,
    }
  }

  /** Secrets as they are, and in the forms in which they are sent. */
  function canaries(): string[] {
    const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '')
    const whole = [PASSWORD, WRONG, CLIENT_SECRET, KEY_PASSWORD, TOKEN, ...tokens.given, '7Qx']
    const sent = [`carol:${CLIENT_SECRET}`, `carol:${WRONG}`, PASSWORD, WRONG].map(base64)
    return [...whole, ...[TOKEN, ...tokens.given].map(token => token.split('.')[1] as string), ...sent]
  }

  const found = (text: string): string[] => canaries().filter(canary => text.includes(canary))

  /** Files below the folder in which a secret stands. */
  function leaks(): string[] {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    expect(files.length).toBeGreaterThan(10)
    return files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter(file => found(readFileSync(file, 'latin1')).length > 0)
      .map(file => relative(folder, file))
  }

  const RUN = (target: string, log: string, state: string): string =>
    `${target} job.ts --log ${log} --state ${state} --until end --give-up-after 5s`

  test('are used by commands that do what they should', async () => {
    for (const [command, environment] of [
      [RUN('batch', plain, 'by-password'), byPassword()],
      [`${RUN('stream', plain, 'by-token')} --out ${plain} --json`.replace('job.ts', 'other.ts'), byEndpoint()],
      [`${RUN('stream', plain, 'by-password')} --log-format json`, byPassword()],
      [`topics --log ${tls}`, byCertificate()],
      [`topics --log ${plain} --json`, byEndpoint()],
      [`cat page-views/0:0 --log ${plain}`, byPassword()],
      [`tick page-views/0 --at now --log ${plain}`, byPassword()],
      [`verify job.ts --log ${tls} --interleavings 1`, byCertificate()],
      ['compile job.ts --out dist', byPassword()],
      ['check job.ts --json', byPassword()],
      ['explain dist', byPassword()],
      ['explain dist --json', byPassword()],
      ['explain broker-auth', byPassword()],
      ['query users --state by-password', byPassword()],
      ['query @commit --state by-password', byPassword()],
      ['query @outputs/hours --state by-password', byPassword()],
      ['--help', byPassword()],
      ['batch --help', byPassword()],
    ] as const) {
      // Outputs of a second state go elsewhere.
      if (command.includes('other.ts')) writeFileSync(join(folder, 'other.ts'), JOB.replace("'hours'", "'hours-2'"))
      const { code, err } = await lyrebird(command, environment)
      expect(code, `${command}: ${err}`).toBe(0)
    }
  })

  test('are not in what refuses them', async () => {
    const expired = authority.file('token', TOKEN)
    const byFile = { LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_FILE: expired }
    const secretFile = authority.file('password', `${WRONG}\n`)
    const { LYREBIRD_KAFKA_PASSWORD: _, ...nameless } = byPassword()
    const open = `kafka://${cluster.broker.address}`
    for (const [code, command, environment, text] of [
      [4, RUN('batch', plain, 'no1'), byPassword(WRONG), /broker-auth/],
      [4, `topics --log ${plain} --json`, { ...nameless, LYREBIRD_KAFKA_PASSWORD_FILE: secretFile }, /broker-auth/],
      [4, RUN('stream', plain, 'no2'), byFile, /broker-auth.*refuses the token/],
      [4, `${RUN('run', plain, 'no5')} --log-format json`, byPassword(WRONG), /"code":"broker-auth"/],
      [4, `${RUN('stream', plain, 'no6')} --log-format json`, byFile, /refuses the token/],
      [4, `topics --log ${plain}`, byEndpoint(WRONG), /broker-auth.*401/],
      [4, RUN('stream', 'kafka://127.0.0.1:1', 'no3'), byPassword(), /broker-unreachable/],
      [4, `topics --log ${tls}`, byPassword(), /broker-/],
      [4, `topics --log ${open}`, byCertificate(), /broker-/],
      [2, `topics --log ${tls}`, { ...byCertificate(), LYREBIRD_KAFKA_CERT: '', LYREBIRD_KAFKA_KEY: '' }, /but no LYR/],
      [2, `topics --log ${tls}`, byCertificate(WRONG), /password does not open the key/],
      [4, RUN('batch', plain, 'no4'), byPassword(PASSWORD, 'bob'), /broker-auth.*lacks the right Describe on topic/],
      [4, `tick page-views/0 --at now --log ${plain} --json`, byPassword(PASSWORD, 'bob'), /broker-auth/],
      [2, `topics --log kafka://alice:${WRONG}@127.0.0.1:1`, {}, /holds no user or password/],
      [2, `topics --log ${plain}`, { ...byEndpoint(), LYREBIRD_KAFKA_TOKEN_URL: `https://u:${WRONG}@a/` }, /usage/],
      [2, `topics --log ${plain}`, { ...byFile, LYREBIRD_KAFKA_TOKEN_FILE: secretFile, ...nameless }, /usage/],
    ] as const) {
      const ended = await lyrebird(command, environment as Record<string, string>)
      expect(ended.code, `${command}: ${ended.err}`).toBe(code)
      expect(ended.err, command).toMatch(text)
    }
  })

  test('are in nothing that was printed or written', () => {
    expect(printed.length).toBeGreaterThan(25)
    expect(printed.flatMap(([command, text]) => found(text).map(canary => `${command}: ${canary}`))).toEqual([])
    expect(leaks()).toEqual([])
    // The search finds what is there.
    writeFileSync(join(folder, 'planted'), Buffer.from(`\0\xff${tokens.given[0]}\0`, 'latin1'))
    expect(leaks()).toEqual(['planted'])
    // An outbox and a journal were among the files.
    expect(readdirSync(join(folder, 'by-password', 'outbox')).length).toBeGreaterThan(1)
  })
})
