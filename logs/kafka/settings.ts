// How to reach a cluster: kafka://HOST:PORT[,HOST:PORT...], with TLS and SASL from the environment.
//
// Promises: secrets come from the environment and the files that it names only, never from the address, and are in no
// message; what cannot work is told at once, and files are read again for each connection.
// Not here: connecting (`client.ts`).

import { LyrebirdError } from '../../core/errors.ts'
import { KAFKA_LIMITS, type KafkaLimits } from './limits.ts'
import { brokersOf } from './login/address.ts'
import { type TlsFiles, tlsOf } from './login/certificates.ts'
import { type Sasl, saslOf } from './login/sasl.ts'
import { type Environment, VARIABLES } from './login/variables.ts'

export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  /** Reads the files. Throws `usage`. */
  readonly tls: (() => TlsFiles) | null
  /** Reads the password. Throws `usage`. */
  readonly sasl: (() => Sasl) | null
  readonly limits: KafkaLimits
}

/** Reads an address and the environment. Throws `usage`. */
export function kafkaSettings(
  spec: string,
  environment: Environment,
  limits: Partial<KafkaLimits> = {},
): KafkaSettings {
  if (spec.includes('@')) {
    throw new LyrebirdError('usage', 'an address of Kafka holds no user or password', {
      hint: `set ${VARIABLES.mechanism}, ${VARIABLES.user} and ${VARIABLES.password} in the environment instead`,
    })
  }
  const brokers = brokersOf(spec)
  if (brokers === null) {
    throw new LyrebirdError('usage', `"${spec.slice(0, 200)}" is not an address of Kafka`, {
      hint: 'write kafka://HOST:PORT, several brokers separated by commas, such as kafka://127.0.0.1:9092',
    })
  }
  const whole = { ...KAFKA_LIMITS, ...limits }
  const tls = tlsOf(environment)
  const sasl = saslOf(environment, whole.answerMs)
  tls?.()
  sasl?.()
  return { brokers, tls, sasl, limits: whole }
}
