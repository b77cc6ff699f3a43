// Who may ask the service: its own hosts, its own pages, and with a token those who have it.
//
// Promises: a request under another name (DNS rebinding) gets 421, one from a page of another origin 403, one without
// the token 401, before anything is read. Answers are for this origin alone and are never taken for another type.

import { createHash, timingSafeEqual } from 'node:crypto'
import { quoted, Refused } from '../problem.ts'

export interface GuardOptions {
  /** Names under which the service may be asked, without port. */
  readonly hosts: readonly string[]
  /** Null where none is needed. */
  readonly token: string | null
}

const COOKIE = 'lyrebird-token'

export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'self'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** Throws `Refused`. */
export function guard(headers: Headers, { hosts, token }: GuardOptions): void {
  const host = headers.get('host') ?? ''
  if (!hosts.includes(nameOf(host))) {
    throw new Refused({
      status: 421,
      code: 'foreign-host',
      detail: `this service is not asked as ${quoted(host)}`,
      hint: `ask it as ${hosts.join(' or ')}, or allow the name: --allow-host NAME`,
    })
  }
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site') ?? 'none'
  const isForeign = origin !== null && originHost(origin) !== host
  if (isForeign || (site !== 'none' && site !== 'same-origin')) {
    throw new Refused({ status: 403, code: 'foreign-origin', detail: 'pages of another origin are not answered' })
  }
  if (token !== null && !isToken(given(headers), token)) {
    throw new Refused({
      status: 401,
      code: 'token-needed',
      detail: 'the token is missing, or is another one',
      hint: 'send Authorization: Bearer TOKEN, with the content of the file of --token-file',
    })
  }
}

/** Without the port, in small letters. */
function nameOf(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}

function given(headers: Headers): string {
  const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const cookies = (headers.get('cookie') ?? '').split(/; */)
  const cookie = cookies.find(c => c.startsWith(`${COOKIE}=`))
  return cookie === undefined ? '' : cookie.slice(COOKIE.length + 1)
}

/** In the same time whatever is wrong. */
function isToken(text: string, token: string): boolean {
  const [a, b] = [text, token].map(t => createHash('sha256').update(t).digest()) as [Buffer, Buffer]
  return timingSafeEqual(a, b)
}
