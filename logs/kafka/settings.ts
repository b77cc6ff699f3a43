// How to reach a cluster: kafka://HOST:PORT[,HOST:PORT...], with TLS and SASL from the environment.
//
// Promises: secrets come from the environment only, never from the address, and are in no message.
// Not here: connecting (`client.ts`).

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import { KAFKA_LIMITS, type KafkaLimits } from './limits.ts'

interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  readonly tls: { readonly ca: string | null } | null
  readonly sasl: Sasl | null
  readonly limits: KafkaLimits
}

/** Names of the environment variables. */
const VARIABLES = {
  tls: 'LYREBIRD_KAFKA_TLS',
  ca: 'LYREBIRD_KAFKA_CA',
  mechanism: 'LYREBIRD_KAFKA_SASL',
  user: 'LYREBIRD_KAFKA_USER',
  password: 'LYREBIRD_KAFKA_PASSWORD',
} as const

const SCHEME = 'kafka://'
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

/** True for kafka://..., in any case. */
export const isKafkaAddress = (spec: string): boolean => /^kafka:\/\//i.test(spec)

/** Reads an address and the environment. Throws `usage`. */
export function kafkaSettings(
  spec: string,
  environment: Readonly<Record<string, string | undefined>>,
  limits: Partial<KafkaLimits> = {},
): KafkaSettings {
  if (spec.includes('@')) {
    throw new LyrebirdError('usage', 'an address of Kafka holds no user or password', {
      hint: `set ${VARIABLES.mechanism}, ${VARIABLES.user} and ${VARIABLES.password} in the environment instead`,
    })
  }
  const brokers = spec.slice(SCHEME.length).replace(/\/$/, '').split(',')
  if (!isKafkaAddress(spec) || !brokers.every(isHostAndPort)) {
    throw new LyrebirdError('usage', `"${spec.slice(0, 200)}" is not an address of Kafka`, {
      hint: 'write kafka://HOST:PORT, several brokers separated by commas, such as kafka://127.0.0.1:9092',
    })
  }
  const tls = readTls(environment)
  return { brokers, tls, sasl: readSasl(environment), limits: { ...KAFKA_LIMITS, ...limits } }
}

function isHostAndPort(text: string): boolean {
  const match = /^[A-Za-z0-9._-]{1,253}:(\d{1,5})$/.exec(text)
  return match !== null && Number(match[1]) > 0 && Number(match[1]) < 65536
}

function readTls(environment: Readonly<Record<string, string | undefined>>): KafkaSettings['tls'] {
  const file = environment[VARIABLES.ca]
  const wanted = environment[VARIABLES.tls] ?? (file === undefined ? '' : '1')
  if (wanted === '' || wanted === '0') return null
  if (wanted !== '1') throw new LyrebirdError('usage', `${VARIABLES.tls} is 1 or 0`)
  if (file === undefined) return { ca: null }
  try {
    return { ca: readFileSync(file, 'utf8') }
  } catch (cause) {
    throw new LyrebirdError('usage', `the file that ${VARIABLES.ca} names cannot be read: ${file}`, { cause })
  }
}

function readSasl(environment: Readonly<Record<string, string | undefined>>): Sasl | null {
  const wanted = environment[VARIABLES.mechanism]?.toLowerCase()
  if (wanted === undefined || wanted === '') return null
  const mechanism = MECHANISMS.find(known => known === wanted)
  if (mechanism === undefined) {
    throw new LyrebirdError('usage', `${VARIABLES.mechanism} is one of ${MECHANISMS.join(', ')}`)
  }
  const username = environment[VARIABLES.user]
  const password = environment[VARIABLES.password]
  if (username === undefined || password === undefined) {
    throw new LyrebirdError('usage', `${VARIABLES.mechanism} needs ${VARIABLES.user} and ${VARIABLES.password}`)
  }
  return { mechanism, username, password }
}
