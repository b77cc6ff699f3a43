// What Kafka's error codes mean for a transaction: try the call again, do the transaction over, another producer has
// taken the transactional id, or the end of the run with a typed failure.
//
// Promises: a code that is not known ends the run, under its number.

import { LyrebirdError } from '../../../core/errors.ts'
import { checkCode, ERROR, lacksRight, Passing } from '../failures.ts'

/** Another producer of the same transactional id has begun: the owner of the state decides who goes on. */
export class Fenced extends Error {
  constructor(what: string) {
    super(`${what}: another producer has the transactional id`)
    this.name = 'Fenced'
  }
}

const FENCING: ReadonlySet<number> = new Set([
  22, // ILLEGAL_GENERATION
  47, // INVALID_PRODUCER_EPOCH
  90, // PRODUCER_FENCED
])

/** Pass by themselves, or with another transaction. */
const PASSING: ReadonlyMap<number, string> = new Map([
  [14, 'COORDINATOR_LOAD_IN_PROGRESS'],
  [15, 'COORDINATOR_NOT_AVAILABLE'],
  [16, 'NOT_COORDINATOR'],
  [41, 'NOT_CONTROLLER'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [48, 'INVALID_TXN_STATE'],
  [49, 'INVALID_PRODUCER_ID_MAPPING'],
  [51, 'CONCURRENT_TRANSACTIONS'],
  [55, 'OPERATION_NOT_ATTEMPTED'],
  [59, 'UNKNOWN_PRODUCER_ID'],
  [120, 'TRANSACTION_ABORTABLE'],
])

const RECORD_TOO_LARGE: ReadonlySet<number> = new Set([10, 18])
const INVALID_TIMESTAMP = 32
const TRANSACTIONAL_ID_REFUSED = 53
const INVALID_TIMEOUT = 50
const INVALID_RECORD = 87

/**
 * Returns where there is no error; throws `Passing`, `Fenced` or a LyrebirdError otherwise. `operation`: the right that
 * the call needs on the transactional id.
 */
export function checkTransaction(
  code: number,
  what: string,
  message: string | null,
  transactionalId: string,
  operation: 'Write' | 'Describe' = 'Write',
): void {
  if (code === 0) return
  const passing = PASSING.get(code)
  if (passing !== undefined) throw new Passing(`${what}: ${passing}`)
  if (FENCING.has(code)) throw new Fenced(what)
  if (code === TRANSACTIONAL_ID_REFUSED) {
    const lacking = `this user lacks the right ${operation} on the transactional id ${transactionalId}`
    throw new LyrebirdError('broker-auth', `${what}: ${lacking}`, {
      where: { transactionalId, right: operation },
      hint: `kafka-acls --add --allow-principal User:NAME --operation ${operation} --transactional-id lyrebird- --resource-pattern-type prefixed`,
    })
  }
  if (code === INVALID_TIMEOUT) {
    throw new LyrebirdError('broker-error', `${what}: the brokers allow no transaction of this length`, {
      hint: 'raise transaction.max.timeout.ms of the brokers to 60000 at least',
    })
  }
  checkCode(code, message === null ? what : `${what} (${message})`)
}

/** The same for the answer to partitions that enter a transaction. */
export function checkEntered({ error, topic }: { error: number; topic: string }, transactionalId: string): void {
  const what = 'a transaction that begins'
  if (error === ERROR.topicAuthorization) throw lacksRight(what, 'Write', { topic })
  checkTransaction(error, what, null, transactionalId)
}

/** The same for the answer to a batch. */
export function checkProduced(
  { error, message, topic, partition }: { error: number; message: string | null; topic: string; partition: number },
  transactionalId: string,
): void {
  if (error === 0) return
  const what = `writing to ${topic}/${partition}`
  const where = { topic, partition }
  const said = message === null ? '' : ` (${message})`
  if (error === ERROR.topicAuthorization) throw lacksRight(what, 'Write', where)
  if (RECORD_TOO_LARGE.has(error)) {
    throw new LyrebirdError('too-big', `${what}: the brokers take no batch of this size${said}`, {
      where,
      hint: `raise max.message.bytes of topic ${topic}; with to(topic, { maxBytes }) larger records are dead letters`,
    })
  }
  if (error === INVALID_TIMESTAMP || error === INVALID_RECORD) {
    throw new LyrebirdError('broker-error', `${what}: the topic takes no such records${said}`, {
      where,
      hint: 'the settings message.timestamp.before.max.ms and message.timestamp.after.max.ms say which times it takes; a compacted topic takes records with keys only',
    })
  }
  checkTransaction(error, what, message, transactionalId)
}
