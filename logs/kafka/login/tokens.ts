// Tokens to log in with (OAUTHBEARER), from a file or from an endpoint.
//
// Promises: the file is read at every login; a token of the endpoint is used until two thirds of its time are over,
// and until its end where the endpoint is away; one that a broker has refused is not used again. Logins that come
// together ask once. No token is in a message.

import { LyrebirdError } from '../../../core/errors.ts'
import { LinkFailure } from '../failures.ts'
import { fileOf } from './secrets.ts'
import { type Environment, VARIABLES } from './variables.ts'

export interface Tokens {
  /** Rejects with a LinkFailure. */
  next(): Promise<string>
  /** A broker has refused what was given last. */
  refused(): void
}

export interface IssuedToken {
  readonly token: string
  /** From the request on; null where the endpoint does not say. */
  readonly lifetimeMs: number | null
}

/** Letters of RFC 6750: nothing else may come between the marks of the message. */
const isToken = (text: string): boolean => /^[A-Za-z0-9\-._~+/]+=*$/.test(text)

/** The token in the file that LYREBIRD_KAFKA_TOKEN_FILE names. Throws `usage`. */
export function tokenInFile(environment: Environment): string {
  const token = (fileOf(environment, VARIABLES.tokenFile) ?? '').trim()
  if (isToken(token)) return token
  throw new LyrebirdError('usage', `the file that ${VARIABLES.tokenFile} names holds no token`, {
    hint: 'the file has the token alone, as it stands behind "Bearer" in a header of HTTP',
  })
}

export const fileTokens = (environment: Environment): Tokens => ({
  async next() {
    try {
      return tokenInFile(environment)
    } catch (e) {
      throw new LinkFailure('auth', (e as Error).message, e)
    }
  },
  refused() {},
})

/** Share of a token's time after which another one is asked for. */
const RENEWED_AFTER = 2 / 3

/** `issue` asks the endpoint; it rejects with a LinkFailure. `now` in ms, of a clock that only goes forward. */
export class IssuedTokens implements Tokens {
  readonly #issue: () => Promise<IssuedToken>
  readonly #now: () => number
  #held: { readonly token: string; readonly renewAt: number; readonly end: number } | null = null
  #asking: Promise<string> | null = null

  constructor(issue: () => Promise<IssuedToken>, now: () => number = () => performance.now()) {
    this.#issue = issue
    this.#now = now
  }

  async next(): Promise<string> {
    const held = this.#held
    if (held !== null && this.#now() < held.renewAt) return held.token
    this.#asking ??= this.#renew().finally(() => {
      this.#asking = null
    })
    try {
      return await this.#asking
    } catch (e) {
      const isAway = e instanceof LinkFailure && e.kind === 'no-token'
      if (isAway && held !== null && this.#held === held && this.#now() < held.end) return held.token
      throw e
    }
  }

  refused(): void {
    this.#held = null
  }

  async #renew(): Promise<string> {
    const asked = this.#now()
    const { token, lifetimeMs } = await this.#issue()
    if (!isToken(token)) throw new LinkFailure('auth', 'what the token endpoint gives is no bearer token')
    const ms = lifetimeMs ?? 0
    this.#held = { token, renewAt: asked + ms * RENEWED_AFTER, end: asked + ms }
    return token
  }
}
