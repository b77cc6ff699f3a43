// What Kafka's error codes mean for a reader: worth another try, or the end of the run with a typed failure.
//
// Promises: every code that is not known to be transient ends the run, under its name (Kafka documentation, "Error
// Codes").

import { LyrebirdError } from '../../core/errors.ts'
import type { LinkFailure } from './client.ts'

export const ERROR = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopic: 3,
  invalidTopic: 17,
  topicAuthorization: 29,
  invalidTimestamp: 32,
  clusterAuthorization: 31,
  invalidRecord: 87,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
} as const

const TRANSIENT: ReadonlyMap<number, string> = new Map([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [5, 'LEADER_NOT_AVAILABLE'],
  [6, 'NOT_LEADER_OR_FOLLOWER'],
  [7, 'REQUEST_TIMED_OUT'],
  [8, 'BROKER_NOT_AVAILABLE'],
  [9, 'REPLICA_NOT_AVAILABLE'],
  [13, 'NETWORK_EXCEPTION'],
  [19, 'NOT_ENOUGH_REPLICAS'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
  [56, 'KAFKA_STORAGE_ERROR'],
  [74, 'FENCED_LEADER_EPOCH'],
  [75, 'UNKNOWN_LEADER_EPOCH'],
  [78, 'OFFSET_NOT_AVAILABLE'],
  [100, 'UNKNOWN_TOPIC_ID'],
  [103, 'INCONSISTENT_TOPIC_ID'],
])

const FINAL: ReadonlyMap<number, string> = new Map([
  [-1, 'UNKNOWN_SERVER_ERROR'],
  [1, 'OFFSET_OUT_OF_RANGE'],
  [2, 'CORRUPT_MESSAGE'],
  [17, 'INVALID_TOPIC_EXCEPTION'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED'],
  [35, 'UNSUPPORTED_VERSION'],
  [42, 'INVALID_REQUEST'],
  [76, 'UNSUPPORTED_COMPRESSION_TYPE'],
])

/** A state of the cluster that passes by itself: no leader just now, a stale view of who leads. */
export class Passing extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Passing'
  }
}

const errorName = (code: number): string => TRANSIENT.get(code) ?? FINAL.get(code) ?? `error ${code}`

/** Returns where there is no error; throws `Passing` or a LyrebirdError otherwise. `what` names what was asked. */
export function checkError(code: number, what: string, where: Record<string, string | number> = {}): void {
  if (code === ERROR.none) return
  const message = `${what}: ${errorName(code)}`
  if (TRANSIENT.has(code)) throw new Passing(message)
  if (code === ERROR.topicAuthorization || code === ERROR.clusterAuthorization) {
    throw new LyrebirdError('broker-auth', `${message}`, {
      where,
      hint: 'give this user READ, DESCRIBE and DESCRIBE_CONFIGS on the topic, and WRITE for ticks',
    })
  }
  throw new LyrebirdError(code === ERROR.corruptMessage ? 'bad-crc' : 'broker-error', `the broker refuses ${message}`, {
    where,
  })
}

/** The typed failure of a link, or null where another try may help. */
export function finalFailure(e: LinkFailure): LyrebirdError | null {
  if (e.kind === 'unreachable') return null
  if (e.kind === 'auth') {
    return new LyrebirdError('broker-auth', `the broker does not let us in: ${e.message}`, {
      hint: 'see LYREBIRD_KAFKA_SASL, _USER, _PASSWORD, _TLS and _CA in the environment',
      cause: e,
    })
  }
  return new LyrebirdError('broker-error', e.message, { hint: 'lyrebird reads from Kafka 3.1 and later', cause: e })
}
