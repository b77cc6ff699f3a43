// What Kafka's error codes and broken connections mean for a reader: worth another try, or the end of the run with a
// typed failure.
//
// Promises: every code that is not known to be transient ends the run, under its name (Kafka documentation, "Error
// Codes"). A missing right is named, with its resource and the command that gives it.

import { LyrebirdError } from '../../core/errors.ts'

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

/** `no-token`: there is nothing to log in with, since whoever gives tokens is away. */
type LinkFailureKind = 'unreachable' | 'no-token' | 'auth' | 'protocol'

/** Why a broker gave no answer. */
export class LinkFailure extends Error {
  readonly kind: LinkFailureKind

  constructor(kind: LinkFailureKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'LinkFailure'
    this.kind = kind
  }
}

const errorName = (code: number): string => TRANSIENT.get(code) ?? FINAL.get(code) ?? `error ${code}`

/** What a user is allowed to do, by the names of kafka-acls. */
type Operation = 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs'

/** A topic, and what else is worth to be told of a failure there. */
interface Where {
  readonly topic: string
  readonly partition?: number
}

/** A user without a right that a call needs. `said`: the words of the broker. */
export function lacksRight(
  what: string,
  operation: Operation,
  where: Where,
  said: string | null = null,
): LyrebirdError {
  const { topic } = where
  const words = said === null ? '' : ` (${said})`
  return new LyrebirdError('broker-auth', `${what}: this user lacks the right ${operation} on topic ${topic}${words}`, {
    where: { ...where, right: operation },
    hint: `kafka-acls --add --allow-principal User:NAME --operation ${operation} --topic ${topic}`,
  })
}

/**
 * Returns where there is no error; throws `Passing` or a LyrebirdError otherwise. `what` names what was asked,
 * `operation` the right that it needs on the topic.
 */
export function checkError(code: number, what: string, where: Where, operation: Operation): void {
  if (code === ERROR.topicAuthorization) throw lacksRight(what, operation, where)
  checkCode(code, what, { ...where })
}

/** The same for what needs no right on a topic. */
export function checkCode(code: number, what: string, where: Record<string, string | number> = {}): void {
  if (code === ERROR.none) return
  const message = `${what}: ${errorName(code)}`
  if (TRANSIENT.has(code)) throw new Passing(message)
  if (code === ERROR.topicAuthorization || code === ERROR.clusterAuthorization) {
    throw new LyrebirdError('broker-auth', message, {
      where,
      hint: 'docs/kafka.md has the rights that this user needs',
    })
  }
  throw new LyrebirdError(code === ERROR.corruptMessage ? 'bad-crc' : 'broker-error', `the broker refuses ${message}`, {
    where,
  })
}

/** The typed failure of a link, or null where another try may help. */
export function finalFailure(e: LinkFailure): LyrebirdError | null {
  if (e.kind === 'unreachable' || e.kind === 'no-token') return null
  if (e.kind === 'auth') {
    return new LyrebirdError('broker-auth', `the broker does not let us in: ${e.message}`, {
      hint: 'see the variables LYREBIRD_KAFKA_* in the environment, and docs/kafka.md',
      cause: e,
    })
  }
  return new LyrebirdError('broker-error', e.message, { hint: 'lyrebird reads from Kafka 3.1 and later', cause: e })
}
