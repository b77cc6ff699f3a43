// Every limit in talking to Kafka, in one place, with the reason for each. Times are in ms.

import { BATCH_BYTES_MAX } from '../limits.ts'

/** Time limits in ms. Each bounds how long a call may go on without any success. */
export interface KafkaLimits {
  /** One TCP or TLS connect. */
  readonly connectMs: number
  /** One answer; after it a broker that hangs is given up. */
  readonly answerMs: number
  /** Opening a log: until `broker-unreachable`. */
  readonly openMs: number
  /** A log that was reached before: how long leaders may change and brokers restart. May be Infinity. */
  readonly outageMs: number
}

/** `outageMs` is long enough for a broker to be restarted. */
export const KAFKA_LIMITS: KafkaLimits = { connectMs: 3_000, answerMs: 5_000, openMs: 10_000, outageMs: 60_000 }

/**
 * How long a known topic may be missing from the metadata before it counts as deleted: brokers learn of changes one
 * after the other.
 */
export const MISSING_TOPIC_MS = 5_000

/** How long the replicas of a partition may take to confirm a tick. */
export const TICK_MS = 4_000

/** How long a tick that a run writes into an idle partition is tried: the next one comes soon. */
export const IDLE_TICK_OUTAGE_MS = 10_000

/** How long the replicas of a partition may take to confirm a batch of a transaction. */
export const PRODUCE_MS = 10_000

/** How long a cluster that has let us in may refuse our login: one that starts may not know its users yet. */
export const LOGIN_MS = 60_000

/** How long the cluster may be away without a word to people: most changes of leaders are over by then. */
export const QUIET_OUTAGE_MS = 3_000

/** Pauses between two tries: short at first, since a new leader is often there at once, then longer. */
export const FIRST_RETRY_PAUSE_MS = 20
export const LONGEST_RETRY_PAUSE_MS = 1_000

/** Largest answer of a fetch in bytes: the first batch comes whole, beside some of what was asked for. */
export const FETCH_ANSWER_BYTES_MAX = BATCH_BYTES_MAX + 16 * 1024 * 1024
/** Largest other answer in bytes: metadata of a million partitions. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/**
 * How long who follows a topic waits for the offsets of one leader, once, before it goes on with the other ones; and
 * who asks all brokers for one of them.
 */
export const LATE_LEADER_MS = 500

/** How long a broker keeps a fetch that waits for new records. */
export const LONG_FETCH_MS = 1_000

/**
 * Bytes of new records that such a fetch brings at most: what comes in within some ms, so that it is not fetched again.
 */
export const NEWS_BYTES = 256 * 1024

/** How long the answers of long fetches are believed before metadata and offsets are asked for: new partitions wait. */
export const RANGES_MS = 1_000

/** Pause after a failed wait for records, so that an outage is not a busy loop. */
export const NEWS_PAUSE_MS = 100

/**
 * How long the broker waits where nothing is there yet: happens only with a new leader that does not know yet what is
 * committed.
 */
export const FETCH_WAIT_MS = 250
