// Addresses of Kafka: kafka://HOST:PORT[,HOST:PORT...]. Loaded by every command, also by those that read no Kafka.

const SCHEME = 'kafka://'

/** True for kafka://..., in any case. */
export const isKafkaAddress = (spec: string): boolean => spec.slice(0, SCHEME.length).toLowerCase() === SCHEME

/** `host:port` each; null where this is no address of Kafka. */
export function brokersOf(spec: string): readonly string[] | null {
  const brokers = spec.slice(SCHEME.length).replace(/\/$/, '').split(',')
  return isKafkaAddress(spec) && brokers.every(isHostAndPort) ? brokers : null
}

function isHostAndPort(text: string): boolean {
  const match = /^[A-Za-z0-9._-]{1,253}:(\d{1,5})$/.exec(text)
  return match !== null && Number(match[1]) > 0 && Number(match[1]) < 65536
}
