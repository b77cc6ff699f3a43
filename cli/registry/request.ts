// One question to a schema registry over HTTP, asked again where the registry or the way to it fails for a moment.
//
// Promises: an answer, or a typed failure with what the registry says; bounded time, attempts and bytes; a redirection
// is not followed, since credentials would go elsewhere; no secret in any text. Every question may be asked twice:
// registering a schema that is there gives its id.
// Not here: what the answers mean (`registry.ts`).

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { LyrebirdError, messageOf } from '../../core/errors.ts'
import { type RegistrySettings, VARIABLES } from './settings.ts'

export interface Question {
  readonly method: 'GET' | 'POST'
  /** With its slash, behind the URL of the registry. */
  readonly path: string
  readonly body?: object
}

export interface Answer {
  readonly status: number
  /** Null where it is no JSON. */
  readonly body: unknown
}

export interface RegistryLimits {
  /** For one attempt, to the last byte of the answer. */
  readonly answerMs: number
  readonly attempts: number
  /** Before the second attempt; twice as long before each further one. */
  readonly pauseMs: number
  readonly answerBytes: number
}

export const REGISTRY_LIMITS: RegistryLimits = {
  answerMs: 10_000,
  attempts: 5,
  pauseMs: 250,
  answerBytes: 16 * 1024 * 1024,
}

/** No longer than this is waited, whatever the registry wishes. */
const PAUSE_MAX_MS = 10_000
const MEDIA = 'application/vnd.schemaregistry.v1+json'

/** An answer in JSON of a status below 500. Throws `registry-unreachable`, `registry-auth`, `registry-error`. */
export async function ask(settings: RegistrySettings, question: Question, limits: RegistryLimits): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= limits.attempts
    let wishMs = 0
    try {
      const raw = await attemptOnce(settings, question, limits)
      const { status } = raw
      if (status < 500 && status !== 429) return checked(settings, question, raw)
      if (last) throw failed(settings, question, raw)
      wishMs = raw.retryMs
    } catch (error) {
      if (error instanceof LyrebirdError) throw error
      if (last || isCertificate(error)) throw unreachable(settings, error, attempt)
    }
    await sleep(Math.min(PAUSE_MAX_MS, Math.max(wishMs, limits.pauseMs * 2 ** (attempt - 1))))
  }
}

interface RawAnswer extends Answer {
  /** What the header Retry-After asks for. */
  readonly retryMs: number
}

async function attemptOnce(settings: RegistrySettings, question: Question, limits: RegistryLimits): Promise<RawAnswer> {
  const { url, authorization, ca } = settings
  const text = question.body === undefined ? null : JSON.stringify(question.body)
  const headers = {
    accept: `${MEDIA}, application/json`,
    ...(authorization === null ? {} : { authorization }),
    ...(text === null ? {} : { 'content-type': MEDIA, 'content-length': Buffer.byteLength(text) }),
  }
  const signal = AbortSignal.timeout(limits.answerMs)
  const options = { method: question.method, headers, signal, ...(ca === null ? {} : { ca }) }
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  try {
    const answer = await new Promise<IncomingMessage>((done, fail) => {
      send(`${url}${question.path}`, options, done)
        .on('error', fail)
        .end(text ?? undefined)
    })
    const body = jsonOf(await bytesOf(answer, settings, limits.answerBytes))
    return { status: answer.statusCode ?? 0, body, retryMs: Number(answer.headers['retry-after'] ?? 0) * 1000 || 0 }
  } catch (error) {
    if (signal.aborted) throw new Error(`no whole answer within ${limits.answerMs} ms`)
    throw error
  }
}

async function bytesOf(answer: IncomingMessage, { url }: RegistrySettings, most: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) {
      throw new LyrebirdError('registry-error', `the registry ${url} answers with more than ${most} bytes`, {
        where: { registry: url },
        hint: 'check that --registry is the URL of a schema registry',
      })
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

function checked(settings: RegistrySettings, question: Question, { status, body }: RawAnswer): Answer {
  if (status === 401 || status === 403) {
    const { url, authorization } = settings
    throw new LyrebirdError('registry-auth', `the registry ${url} refuses ${nameOf(question)} (${status})`, {
      where: { registry: url, status },
      hint:
        authorization === null
          ? `set ${VARIABLES.user} and ${VARIABLES.password}, or ${VARIABLES.token}`
          : 'check the credentials in the environment, and what they may do with this subject',
    })
  }
  if (body === null) throw failed(settings, question, { status, body })
  return { status, body }
}

/** A failure that the question has no other word for. */
export function failed(settings: RegistrySettings, question: Question, answer: Answer): LyrebirdError {
  const { url } = settings
  const reason = answer.body === null ? 'without JSON' : registryText(settings, answer)
  return new LyrebirdError(
    'registry-error',
    `the registry ${url} answers ${nameOf(question)} with ${answer.status}: ${reason}`,
    {
      where: { registry: url, status: answer.status },
      hint:
        answer.status >= 500 || answer.status === 429
          ? 'run the command again later'
          : 'check that --registry is the URL of a schema registry, path included',
    },
  )
}

const nameOf = ({ method, path }: Question): string => `${method} ${path}`

/** What the registry says went wrong, fit to be shown. */
export function registryText({ secrets }: RegistrySettings, { body }: Answer): string {
  const { message } = (body ?? {}) as { message?: unknown }
  const said = typeof message === 'string' && message !== '' ? message : 'it does not say why'
  const whole = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), said)
  const plain = whole.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  return plain.length > 2000 ? `${plain.slice(0, 2000)}...` : plain
}

function isCertificate(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /CERT|SELF_SIGNED|UNABLE_TO_|ERR_SSL|TLS/.test(code)
}

function unreachable({ url }: RegistrySettings, error: unknown, attempts: number): LyrebirdError {
  const { code } = error as { code?: unknown }
  const text = messageOf(error) || String(code ?? 'the connection failed')
  const tries = attempts === 1 ? '' : ` after ${attempts} attempts`
  return new LyrebirdError('registry-unreachable', `the registry ${url} cannot be reached${tries}: ${text}`, {
    where: { registry: url },
    hint: isCertificate(error)
      ? `name the file with the certificate of its authority in ${VARIABLES.ca}`
      : 'check the URL of --registry and that the registry runs',
    cause: error,
  })
}
