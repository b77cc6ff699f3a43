// How to log in: a mechanism of SASL with what it needs.
//
// Promises: what is missing is told before a broker is asked. Secrets are read when they are needed, and are in no
// message.

import { LyrebirdError } from '../../../core/errors.ts'
import { secretOf } from './secrets.ts'
import { askForToken, endpointUrl } from './token-endpoint.ts'
import { fileTokens, IssuedTokens, type Tokens, tokenInFile } from './tokens.ts'
import { type Environment, settingOf, VARIABLES } from './variables.ts'

interface PasswordLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

interface TokenLogin {
  readonly mechanism: 'oauthbearer'
  readonly tokens: Tokens
}

export type Sasl = PasswordLogin | TokenLogin

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const

/** Null where no login is wanted; what is returned reads the password. Both throw `usage`. */
export function saslOf(environment: Environment, timeoutMs: number): (() => Sasl) | null {
  const wanted = settingOf(environment, VARIABLES.mechanism)?.toLowerCase()
  if (wanted === undefined) return null
  const mechanism = MECHANISMS.find(known => known === wanted)
  if (mechanism === undefined) {
    throw new LyrebirdError('usage', `${VARIABLES.mechanism} is one of ${MECHANISMS.join(', ')}`)
  }
  if (mechanism === 'oauthbearer') {
    const tokens = tokensOf(environment, timeoutMs)
    return () => ({ mechanism, tokens })
  }
  return () => ({ mechanism, ...userOf(environment, mechanism) })
}

function userOf(environment: Environment, what: string): { username: string; password: string } {
  const username = environment[VARIABLES.user] ?? null
  const password = secretOf(environment, VARIABLES.password, VARIABLES.passwordFile)
  if (username !== null && password !== null) return { username, password }
  throw new LyrebirdError(
    'usage',
    `${what} needs ${VARIABLES.user} and ${VARIABLES.password} or ${VARIABLES.passwordFile}`,
  )
}

function tokensOf(environment: Environment, timeoutMs: number): Tokens {
  const address = settingOf(environment, VARIABLES.tokenUrl)
  if ((settingOf(environment, VARIABLES.tokenFile) === null) === (address === null)) {
    throw new LyrebirdError('usage', `oauthbearer needs ${VARIABLES.tokenFile} or ${VARIABLES.tokenUrl}, not both`)
  }
  if (address === null) {
    tokenInFile(environment)
    return fileTokens(environment)
  }
  const url = endpointUrl(address)
  const { username: client } = userOf(environment, VARIABLES.tokenUrl)
  const secret = (): string => userOf(environment, VARIABLES.tokenUrl).password
  return new IssuedTokens(() => askForToken({ url, client, secret, environment, timeoutMs }))
}
