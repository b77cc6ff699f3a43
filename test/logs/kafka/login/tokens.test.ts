// Tokens from an endpoint: when they are asked for again, what is sent, and what its failures mean. The endpoint is a
// server of the test's own.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { LinkFailure } from '../../../../logs/kafka/failures.ts'
import { askForToken, endpointUrl } from '../../../../logs/kafka/login/token-endpoint.ts'
import { type IssuedToken, IssuedTokens } from '../../../../logs/kafka/login/tokens.ts'
import { Authority } from './pki.ts'

describe('a token of an endpoint', () => {
  /** Gives t1, t2, ...; the clock is set by hand. */
  function issuing(lifetimeMs: number | null) {
    const at = { ms: 0, asked: 0, failure: null as LinkFailure | null }
    const issue = async (): Promise<IssuedToken> => {
      if (at.failure !== null) throw at.failure
      return { token: `t${++at.asked}`, lifetimeMs }
    }
    return { at, tokens: new IssuedTokens(issue, () => at.ms) }
  }

  test('is used until two thirds of its time are over, and asked for once by logins that come together', async () => {
    const { at, tokens } = issuing(900)
    expect(await Promise.all([tokens.next(), tokens.next()])).toEqual(['t1', 't1'])
    at.ms = 599
    expect(await tokens.next()).toBe('t1')
    at.ms = 600
    expect(await tokens.next()).toBe('t2')
  })

  test('is used to its end where the endpoint is away, and not where it refuses', async () => {
    const { at, tokens } = issuing(900)
    await tokens.next()
    at.failure = new LinkFailure('no-token', 'away')
    at.ms = 899
    expect(await tokens.next()).toBe('t1')
    at.ms = 900
    await expect(tokens.next()).rejects.toBe(at.failure)
    at.ms = 700
    at.failure = new LinkFailure('auth', 'no')
    await expect(tokens.next()).rejects.toBe(at.failure)
  })

  test('is not used again once a broker has refused it, or where the endpoint gives it no time', async () => {
    const { tokens } = issuing(900)
    expect(await tokens.next()).toBe('t1')
    tokens.refused()
    expect(await tokens.next()).toBe('t2')
    const { tokens: timeless } = issuing(null)
    expect([await timeless.next(), await timeless.next()]).toEqual(['t1', 't2'])
  })

  test('must be one', async () => {
    const tokens = new IssuedTokens(async () => ({ token: 'a\x01b', lifetimeMs: 1 }))
    await expect(tokens.next()).rejects.toMatchObject({ kind: 'auth', message: expect.not.stringContaining('\x01') })
  })
})

describe('an endpoint', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })

  async function serve(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1')
    ends.push(() => {
      server.closeAllConnections()
      server.close()
    })
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  const ask = (url: string, environment = {}, timeoutMs = 30_000) =>
    askForToken({ url: endpointUrl(url), client: 'my id', secret: () => 's&cr+t', environment, timeoutMs })

  /** Asks an endpoint that answers this; with `end` null it never does. */
  async function answering(status: number, body: string | null, headers: Record<string, string> = {}) {
    const heard: string[] = []
    const port = await serve(
      createServer(async (asked: IncomingMessage, answer: ServerResponse) => {
        let text = `${asked.method} ${asked.url} ${asked.headers.authorization}\n`
        for await (const part of asked) text += part
        heard.push(text)
        if (body !== null) answer.writeHead(status, headers).end(body)
      }),
    )
    const environment = { LYREBIRD_KAFKA_SCOPE: 'kafka read' }
    const token = await ask(`http://127.0.0.1:${port}/token?x=1`, environment, body === null ? 300 : 30_000).catch(
      (e: unknown) => e,
    )
    return { heard, token }
  }

  test('gets id, secret and scope as the standard says, and gives token and time', async () => {
    const { heard, token } = await answering(200, '{"access_token":"abc.def","expires_in":60,"token_type":"bearer"}')
    const basic = Buffer.from('my+id:s%26cr%2Bt').toString('base64')
    expect(heard).toEqual([`POST /token?x=1 Basic ${basic}\ngrant_type=client_credentials&scope=kafka+read`])
    expect(token).toEqual({ token: 'abc.def', lifetimeMs: 60_000 })
    expect((await answering(200, '{"access_token":"abc","expires_in":"7"}')).token).toMatchObject({ lifetimeMs: 7_000 })
    expect((await answering(200, '{"access_token":"abc"}')).token).toMatchObject({ lifetimeMs: null })
  })

  test.each([
    [401, '{"error":"invalid_client","error_description":"s&cr+t"}', 'auth', /answers 401 \(invalid_client\)$/],
    [400, '{"error":"s&cr+t"}', 'auth', /answers 400$/],
    [404, 'not here', 'auth', /answers 404$/],
    [302, '', 'auth', /answers 302$/],
    [200, '{}', 'auth', /without an access_token/],
    [200, 'null', 'auth', /without an access_token/],
    [200, '"'.padEnd(2 << 20, '.'), 'auth', /more than 1048576 bytes/],
    [503, 'later', 'no-token', /answers 503$/],
    [429, '{}', 'no-token', /answers 429$/],
    [200, null, 'no-token', /no answer in time/],
  ])('that answers %i: %#', async (status, body, kind, message) => {
    const { token } = await answering(status, body, { location: 'http://127.0.0.1:1/' })
    expect(token).toBeInstanceOf(LinkFailure)
    expect(token).toMatchObject({ kind, message: expect.stringMatching(message) })
    expect(`${token}`).not.toContain('s&cr+t')
    expect(`${token}`).not.toContain('x=1')
  })

  test('that is not there is worth another try', async () => {
    await expect(ask('http://127.0.0.1:1/token')).rejects.toMatchObject({ kind: 'no-token' })
  })

  test('is trusted by the certificates of brokers too, and not without them', async () => {
    const authority = new Authority()
    ends.push(() => authority.end())
    const { cert, key } = authority.issue('endpoint')
    const port = await serve(
      createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, answer) => {
        answer.end('{"access_token":"abc"}')
      }),
    )
    const url = `https://127.0.0.1:${port}/`
    expect(await ask(url, { LYREBIRD_KAFKA_CA: authority.ca })).toMatchObject({ token: 'abc' })
    await expect(ask(url)).rejects.toMatchObject({ kind: 'auth', message: expect.stringMatching(/cannot be reached/) })
  })
})
