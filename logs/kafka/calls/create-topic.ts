// CreateTopics v7, for one topic. Brokers without ZooKeeper pass it on to the controller.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

export interface NewTopic {
  readonly topic: string
  readonly partitions: number
  /** -1: the default of the cluster. */
  readonly replication: number
  readonly settings: Readonly<Record<string, string>>
}

interface Created {
  readonly error: number
  readonly message: string | null
}

export function createTopicCall(
  { topic, partitions, replication, settings }: NewTopic,
  waitMs: number,
): ApiCall<Created> {
  return {
    apiKey: 19,
    apiVersion: 7,
    apiName: 'CreateTopics',
    encode() {
      const w = new WireWriter().tags()
      w.array([topic], name => {
        w.string(name)
          .i32(partitions)
          .i16(replication)
          .array([], () => {})
        w.array(Object.entries(settings), ([key, value]) => w.string(key).string(value).tags()).tags()
      })
      return w.i32(waitMs).bool(false).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const [first] = r.array(() => readCreated(r))
      if (first === undefined) throw new RangeError('no topic in the answer')
      return first
    },
  }
}

function readCreated(r: WireReader): Created {
  r.string() // topic
  r.uuid()
  const error = r.i16()
  const message = r.nullableString()
  r.i32() // partitions
  r.i16() // replication
  r.array(() => {
    r.string() // name
    r.nullableString() // value
    r.bool() // may not be changed
    r.i8() // where it comes from
    r.bool() // secret
    r.tags()
  })
  r.tags()
  return { error, message }
}
