// Metadata v12: brokers, topics with their ids, leaders of partitions (KIP-516 for the ids; Kafka 3.1 and later).
//
// Promises: a request never creates a topic.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface BrokerAddress {
  readonly node: number
  readonly host: string
  readonly port: number
}

interface PartitionMetadata {
  readonly partition: number
  readonly error: number
  /** Node of the leader; -1 while there is none. */
  readonly leader: number
  /** Grows with each change of the leader; of two answers the one with the greater epoch is newer. */
  readonly leaderEpoch: number
}

export interface TopicMetadata {
  readonly topic: string
  readonly error: number
  /** 22 characters of base64url; all `A` where the topic is unknown. */
  readonly id: string
  readonly internal: boolean
  readonly partitions: readonly PartitionMetadata[]
}

export interface Metadata {
  readonly brokers: readonly BrokerAddress[]
  readonly topics: readonly TopicMetadata[]
}

/** The zero id: the broker looks the topic up by name. */
const NO_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Metadata of some topics, or of all (null). */
export function metadataCall(topics: readonly string[] | null): ApiCall<Metadata> {
  return {
    apiKey: 3,
    apiVersion: 12,
    apiName: 'Metadata',
    encode() {
      const w = new WireWriter().tags()
      w.array(topics, topic => w.uuid(NO_ID).string(topic).tags())
      return w.bool(false).bool(false).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const brokers = r.array(() => {
        const broker = { node: r.i32(), host: r.string(), port: r.i32() }
        r.nullableString() // rack
        r.tags()
        return broker
      })
      r.nullableString() // cluster id
      r.i32() // controller
      return { brokers, topics: r.array(() => readTopic(r)) }
    },
  }
}

function readTopic(r: WireReader): TopicMetadata {
  const error = r.i16()
  const topic = r.nullableString() ?? ''
  const id = r.uuid()
  const internal = r.bool()
  const partitions = r.array(() => {
    const at = { error: r.i16(), partition: r.i32(), leader: r.i32(), leaderEpoch: r.i32() }
    for (let list = 0; list < 3; list++) r.array(() => r.i32()) // replicas, those in sync, those offline
    r.tags()
    return at
  })
  r.i32() // authorised operations
  r.tags()
  return { topic, error, id, internal, partitions }
}
