// `lyrebird serve`: the views of a state over HTTP, until it is told to stop.

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import { serve as serveState } from '../../serving/serve.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly state?: string
  readonly host?: string
  readonly port?: string
  readonly tokenFile?: string
  readonly insecure?: boolean
  readonly allowHost?: readonly string[]
}

const TOKEN_CHARACTERS = 16

export async function serve(flags: Flags, terminal: Terminal): Promise<void> {
  const config = await readConfig()
  const state = required(flags.state ?? config.state, 'state', 'DIR')
  const serving = await serveState({
    state,
    host: flags.host ?? '127.0.0.1',
    port: portOf(flags.port),
    token: flags.tokenFile === undefined ? null : tokenIn(flags.tokenFile),
    insecure: flags.insecure === true,
    hosts: flags.allowHost ?? [],
    onFailure: error => terminal.talk(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  terminal.talk(`views of ${state} on ${serving.address}/views`)
  await new Promise<void>(resolve => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await serving.close()
}

function portOf(text = '8080'): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new LyrebirdError('usage', `--port takes a number up to 65535, not ${JSON.stringify(text)}`)
}

/** Throws `usage` where there is none, or one that is soon guessed. */
function tokenIn(file: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new LyrebirdError('usage', `--token-file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      hint: `make one: head -c 32 /dev/urandom | base64 > ${file}`,
    })
  }
  if (token.length >= TOKEN_CHARACTERS) return token
  throw new LyrebirdError(
    'usage',
    `the token in ${file} has ${token.length} characters, and needs ${TOKEN_CHARACTERS}`,
    {
      hint: `make one: head -c 32 /dev/urandom | base64 > ${file}`,
    },
  )
}
