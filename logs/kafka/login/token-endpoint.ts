// A token from an endpoint, by our id and secret (OAuth 2.0, client credentials, RFC 6749 4.4).
//
// Promises: the secret goes to the named address only, never after a redirection, and not over the network without
// TLS. What the endpoint says of a failure is told by its code word alone: descriptions may repeat what was sent. An
// endpoint that is away or busy is worth another try; one that refuses is not.

import type { IncomingMessage, RequestOptions } from 'node:http'
import { LyrebirdError } from '../../../core/errors.ts'
import { LinkFailure } from '../failures.ts'
import { isTlsRefusal, trusted } from './certificates.ts'
import type { IssuedToken } from './tokens.ts'
import { type Environment, settingOf, VARIABLES } from './variables.ts'

interface Endpoint {
  readonly url: URL
  readonly client: string
  /** Reads it. Throws `usage`. */
  readonly secret: () => string
  readonly environment: Environment
  readonly timeoutMs: number
}

const ANSWER_BYTES_MAX = 1 << 20
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The address in LYREBIRD_KAFKA_TOKEN_URL. Throws `usage`. */
export function endpointUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new LyrebirdError('usage', `${VARIABLES.tokenUrl} is no https address`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new LyrebirdError('usage', `${VARIABLES.tokenUrl} holds a user or password`, {
      hint: `set ${VARIABLES.user} and ${VARIABLES.password} instead`,
    })
  }
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) {
    throw new LyrebirdError('usage', `${VARIABLES.tokenUrl} would send the secret over the network without TLS`, {
      hint: 'write https://; http:// is for this machine only',
    })
  }
  return url
}

/** Asks for a token. Rejects with a LinkFailure. */
export async function askForToken(endpoint: Endpoint): Promise<IssuedToken> {
  const { url, client, environment, timeoutMs } = endpoint
  const name = `the token endpoint ${url.origin}${url.pathname}`
  const scope = settingOf(environment, VARIABLES.scope)
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) })
  const { secret, ca } = secretsOf(endpoint)
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${encoded(client)}:${encoded(secret)}`).toString('base64')}`,
    },
    signal: AbortSignal.timeout(timeoutMs),
  }
  const { status, body } = await post(url, options, ca, form.toString()).catch((e: unknown) => {
    throw noAnswer(name, e)
  })
  return issued(name, status, body)
}

/** As a form writes them (RFC 6749 2.3.1). */
const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

function secretsOf({ secret, environment }: Endpoint): { secret: string; ca: string | null } {
  try {
    return { secret: secret(), ca: trusted(environment) }
  } catch (e) {
    throw new LinkFailure('auth', (e as Error).message, e)
  }
}

async function post(url: URL, options: RequestOptions, ca: string | null, body: string) {
  const { request, roots } = await transport(url)
  return await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const trust = ca === null ? {} : { ca: [...roots, ca] }
    const asking = request(url, { ...options, ...trust }, answer => {
      bodyOf(answer).then(text => resolve({ status: answer.statusCode ?? 0, body: text }), reject)
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

async function transport(url: URL) {
  if (url.protocol === 'http:') return { request: (await import('node:http')).request, roots: [] }
  const [{ request }, { rootCertificates }] = await Promise.all([import('node:https'), import('node:tls')])
  return { request, roots: rootCertificates }
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > ANSWER_BYTES_MAX) throw new RangeError(`its answer has more than ${ANSWER_BYTES_MAX} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function noAnswer(name: string, e: unknown): LinkFailure {
  const { code, name: kind, message } = e as { code?: string; name?: string; message?: string }
  if (e instanceof RangeError) return new LinkFailure('auth', `${name}: ${message}`, e)
  const why = kind === 'TimeoutError' || kind === 'AbortError' ? 'no answer in time' : (code ?? message)
  return new LinkFailure(isTlsRefusal(code) ? 'auth' : 'no-token', `${name} cannot be reached: ${why}`, e)
}

const OK = 200
/** Worth another try: a time that was too long, too many requests, and what is wrong at the other end. */
const isBusy = (status: number): boolean => status === 408 || status === 429 || status >= 500

function issued(name: string, status: number, body: string): IssuedToken {
  let answer: { access_token?: unknown; expires_in?: unknown; error?: unknown } = {}
  try {
    answer = Object(JSON.parse(body))
  } catch {}
  if (status !== OK) {
    const said = typeof answer.error === 'string' && /^[a-z_]{1,40}$/.test(answer.error) ? ` (${answer.error})` : ''
    throw new LinkFailure(isBusy(status) ? 'no-token' : 'auth', `${name} answers ${status}${said}`)
  }
  const { access_token: token, expires_in: seconds } = answer
  if (typeof token !== 'string') throw new LinkFailure('auth', `${name} answers without an access_token`)
  const isTime = Number.isFinite(Number(seconds)) && Number(seconds) > 0
  return { token, lifetimeMs: isTime ? Number(seconds) * 1000 : null }
}
