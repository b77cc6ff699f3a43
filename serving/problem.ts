// What the service answers where it cannot do what was asked: a problem in JSON (RFC 9457).
//
// Promises: cause first, then what to write instead. Texts of the request are quoted and shortened; nothing of the
// machine is said but what a state says of itself.

import { isLyrebirdError } from '../core/errors.ts'

interface Problem {
  readonly status: number
  /** A word that programs can compare, such as `unknown-view`. */
  readonly code: string
  readonly detail: string
  readonly hint?: string | undefined
}

/** Thrown where a request cannot be answered. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'Refused'
    this.problem = problem
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  414: 'URI Too Long',
  421: 'Misdirected Request',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

export function problemResponse({ status, code, detail, hint }: Problem): Response {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail, hint }
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
  if (status === 503) headers['retry-after'] = '1'
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  return new Response(JSON.stringify(body), { status, headers })
}

/** A failure as a problem: a state that cannot be read now is one that passes. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem
  if (!isLyrebirdError(error)) return { status: 500, code: 'bug', detail: 'the service has failed; it is in its log' }
  const { code, message, hint } = error
  return { status: code.startsWith('state-') ? 503 : 500, code, detail: message, hint }
}

/** A text of a request as it is shown. */
export const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
