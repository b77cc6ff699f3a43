// The mechanism OAUTHBEARER (RFC 7628) for kafkajs: its own one takes a refusal, which comes as a challenge, for a
// login.

import { LinkFailure } from '../failures.ts'
import type { Tokens } from './tokens.ts'

/** What kafkajs gives to a mechanism, as far as it is used here. */
interface Exchange {
  readonly host: string
  readonly port: number
  readonly saslAuthenticate: <Answer>(message: {
    request: { encode(): Buffer }
    response: { decode(bytes: Buffer): Buffer; parse(bytes: Buffer): Answer }
  }) => Promise<unknown>
}

/** Both ways bytes have their length in front. */
const LENGTH_BYTES = 4
const MARK = '\x01'

export function oauthBearer(tokens: Tokens) {
  return ({ host, port, saslAuthenticate }: Exchange) => ({
    async authenticate(): Promise<void> {
      const say = (text: string) =>
        saslAuthenticate({
          request: { encode: () => framed(text) },
          response: { decode: bytes => bytes.subarray(LENGTH_BYTES), parse: bytes => bytes.toString('utf8') },
        })
      const challenge = await say(`n,,${MARK}auth=Bearer ${await tokens.next()}${MARK}${MARK}`)
      if (typeof challenge !== 'string' || challenge === '') return
      // The broker wants this answer before it ends the login.
      await say(MARK).catch(() => {})
      throw new LinkFailure('auth', `${host}:${port} refuses the token${statusOf(challenge)}`)
    },
  })
}

function framed(text: string): Buffer {
  const bytes = Buffer.from(`0000${text}`, 'utf8')
  bytes.writeInt32BE(bytes.length - LENGTH_BYTES)
  return bytes
}

/** The code word in {"status":"invalid_token"}. */
function statusOf(challenge: string): string {
  const [, status] = /"status"\s*:\s*"([a-z_]{1,40})"/.exec(challenge) ?? []
  return status === undefined ? '' : ` (${status})`
}
