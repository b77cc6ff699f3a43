// An endpoint that gives tokens, as an identity provider does, and the settings of a broker that takes them.
//
// Promises: a fake, called one: its tokens are signed by nobody, and the broker's validator of unsecured tokens takes
// them until they expire. A free loopback port.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const TOKEN_LOGIN =
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";'

/** Settings of the SASL listener, beside those that it has. */
export const TAKES_TOKENS: Readonly<Record<string, string>> = {
  'sasl.enabled.mechanisms': 'PLAIN,OAUTHBEARER',
  'listener.name.sasl.oauthbearer.sasl.jaas.config': TOKEN_LOGIN,
  // Brokers end sessions only where this is set; then with the token at the latest.
  'listener.name.sasl.oauthbearer.connections.max.reauth.ms': '600000',
}

/** A token of nobody's signature. */
export function unsignedToken(user: string, lifetimeMs: number): string {
  const seconds = (ms: number): number => ms / 1000
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Date.now()
  return `${part({ alg: 'none' })}.${part({ sub: user, iat: seconds(now), exp: seconds(now + lifetimeMs) })}.`
}

export interface TokenServer {
  readonly url: string
  /** Tokens that it has given. */
  readonly given: readonly string[]
  /** What it answers from now on; 200 gives tokens. */
  answers: number
  end(): void
}

export async function tokenServer(user: string, secret: string, lifetimeMs: number): Promise<TokenServer> {
  const given: string[] = []
  const expected = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
  const server = createServer((asked, answer) => {
    const status = asked.headers.authorization === expected ? it.answers : 401
    if (status !== 200) return void answer.writeHead(status).end('{"error":"invalid_client"}')
    const token = unsignedToken(user, lifetimeMs)
    given.push(token)
    answer.end(JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: lifetimeMs / 1000 }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const it: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    given,
    answers: 200,
    end() {
      server.closeAllConnections()
      server.close()
    },
  }
  return it
}
