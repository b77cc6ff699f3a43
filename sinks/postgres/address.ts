// The address of a Postgres server: a text, or the name of a variable of the environment that holds it.
//
// Promises: nothing of it is ever part of a message. `sslmode` and `sslrootcert` mean what they mean to libpq, except
// that without them nothing is encrypted.

import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { LyrebirdError } from '../../core/errors.ts'

/** The variable that holds a value: `env('DATABASE_URL')`. */
export interface EnvironmentValue {
  readonly env: string
}

/** Reads a value, such as one with a password, from the environment when it is needed. */
export const env = (name: string): EnvironmentValue => Object.freeze({ env: name })

export interface Address {
  /** Without what `ssl` says. */
  readonly url: string
  readonly ssl: false | 'prefer' | ConnectionOptions
}

/** Throws `usage` where the variable is not set or the text is no address. */
export function addressOf(given: string | EnvironmentValue): Address {
  const text = typeof given === 'string' ? given : process.env[given.env]
  const name = typeof given === 'string' ? 'url' : given.env
  if (text === undefined || text === '') {
    throw new LyrebirdError('usage', `the variable ${name} is not set`, {
      where: { variable: name },
      hint: `${name}=postgres://USER:PASSWORD@HOST:5432/DATABASE lyrebird run ...`,
    })
  }
  if (!/^postgres(ql)?:\/\/./.test(text)) {
    throw new LyrebirdError('usage', `${name} is no address of a Postgres server`, {
      where: { variable: name },
      hint: 'it begins with postgres://, such as postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=require',
    })
  }
  // Several hosts with their ports are no URL to Node.
  const [base = '', query = ''] = text.split(/\?(.*)/s)
  const parameters = new URLSearchParams(query)
  const [mode, root] = [parameters.get('sslmode') ?? 'disable', parameters.get('sslrootcert')]
  parameters.delete('sslmode')
  parameters.delete('sslrootcert')
  return { url: parameters.size === 0 ? base : `${base}?${parameters}`, ssl: sslOf(mode, root, name) }
}

function sslOf(mode: string, root: string | null, name: string): Address['ssl'] {
  const ca = root === null || root === 'system' ? {} : { ca: readRoot(root) }
  switch (mode) {
    case 'disable':
      return false
    case 'allow':
    case 'prefer':
      return 'prefer'
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca }
    case 'verify-full':
      return { rejectUnauthorized: true, ...ca }
    default:
      throw new LyrebirdError('usage', `${name} has an unknown sslmode`, {
        hint: 'write sslmode=disable, prefer, require, verify-ca or verify-full',
      })
  }
}

function readRoot(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new LyrebirdError('usage', `sslrootcert cannot be read: ${(cause as Error).message}`, { cause })
  }
}
