// How to reach a schema registry: its URL, with credentials and certificates from the environment.
//
// Promises: secrets come from the environment only, never from the URL, and are in no message.
// Not here: asking it (`request.ts`).

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'

export interface RegistrySettings {
  /** Without a slash at its end. */
  readonly url: string
  readonly authorization: string | null
  readonly ca: string | null
  /** What no text may show. */
  readonly secrets: readonly string[]
}

/** Names of the environment variables. */
export const VARIABLES = {
  user: 'LYREBIRD_REGISTRY_USER',
  password: 'LYREBIRD_REGISTRY_PASSWORD',
  token: 'LYREBIRD_REGISTRY_TOKEN',
  ca: 'LYREBIRD_REGISTRY_CA',
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** Reads a URL and the environment. Throws `usage`. */
export function registrySettings(text: string, environment: Environment): RegistrySettings {
  const url = urlOf(text)
  return { url, ...credentialsOf(environment), ca: caOf(environment) }
}

function urlOf(text: string): string {
  // Before anything else: the text is shown below.
  if (text.includes('@')) {
    throw new LyrebirdError('usage', 'the URL of a registry holds no user or password', {
      hint: `set ${VARIABLES.user} and ${VARIABLES.password}, or ${VARIABLES.token}, in the environment instead`,
    })
  }
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new LyrebirdError('usage', `"${text.slice(0, 200)}" is not the URL of a registry`, {
      hint: 'write --registry https://HOST:PORT, or http://HOST:PORT',
    })
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

function credentialsOf(environment: Environment): Pick<RegistrySettings, 'authorization' | 'secrets'> {
  const { user, password, token } = {
    user: environment[VARIABLES.user] ?? '',
    password: environment[VARIABLES.password] ?? '',
    token: environment[VARIABLES.token] ?? '',
  }
  if (token !== '' && user + password !== '') {
    throw new LyrebirdError('usage', `${VARIABLES.token} is set, and ${VARIABLES.user} or its password too`, {
      hint: `unset ${VARIABLES.token}, or the other two`,
    })
  }
  if (token !== '') {
    if (/[^\x21-\x7e]/.test(token)) throw new LyrebirdError('usage', `${VARIABLES.token} holds blanks or line ends`)
    return { authorization: `Bearer ${token}`, secrets: [token] }
  }
  if (user + password === '') return { authorization: null, secrets: [] }
  if (user === '' || password === '') {
    throw new LyrebirdError('usage', `of ${VARIABLES.user} and ${VARIABLES.password} one alone is set`)
  }
  if (user.includes(':')) throw new LyrebirdError('usage', `${VARIABLES.user} holds a colon`)
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  return { authorization: `Basic ${basic}`, secrets: [password, basic] }
}

function caOf(environment: Environment): string | null {
  const file = environment[VARIABLES.ca] ?? ''
  if (file === '') return null
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new LyrebirdError('usage', `the file that ${VARIABLES.ca} names cannot be read: ${file}`, {
      where: { file },
      cause,
    })
  }
}
