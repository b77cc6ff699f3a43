// The environment variables by which a cluster is logged in to (docs/kafka.md).

export type Environment = Readonly<Record<string, string | undefined>>

export const VARIABLES = {
  tls: 'LYREBIRD_KAFKA_TLS',
  ca: 'LYREBIRD_KAFKA_CA',
  cert: 'LYREBIRD_KAFKA_CERT',
  key: 'LYREBIRD_KAFKA_KEY',
  keyPassword: 'LYREBIRD_KAFKA_KEY_PASSWORD',
  keyPasswordFile: 'LYREBIRD_KAFKA_KEY_PASSWORD_FILE',
  mechanism: 'LYREBIRD_KAFKA_SASL',
  user: 'LYREBIRD_KAFKA_USER',
  password: 'LYREBIRD_KAFKA_PASSWORD',
  passwordFile: 'LYREBIRD_KAFKA_PASSWORD_FILE',
  tokenFile: 'LYREBIRD_KAFKA_TOKEN_FILE',
  tokenUrl: 'LYREBIRD_KAFKA_TOKEN_URL',
  scope: 'LYREBIRD_KAFKA_SCOPE',
} as const

/** The value of a variable; null where it is not set or empty. */
export const settingOf = (environment: Environment, variable: string): string | null => environment[variable] || null
