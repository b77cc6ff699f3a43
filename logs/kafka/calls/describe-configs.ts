// DescribeConfigs v4: the settings of one topic.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface TopicSettings {
  readonly error: number
  readonly message: string | null
  readonly settings: ReadonlyMap<string, string | null>
}

const TOPIC = 2

/** The named settings of a topic. */
export function describeTopicCall(topic: string, names: readonly string[]): ApiCall<TopicSettings> {
  return {
    apiKey: 32,
    apiVersion: 4,
    apiName: 'DescribeConfigs',
    encode() {
      const w = new WireWriter().tags()
      w.array([topic], name => {
        w.i8(TOPIC).string(name)
        w.array(names, setting => w.string(setting)).tags()
      })
      return w.bool(false).bool(false).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const [first] = r.array(() => readResource(r))
      if (first === undefined) throw new RangeError('no topic in the answer')
      return first
    },
  }
}

function readResource(r: WireReader): TopicSettings {
  const error = r.i16()
  const message = r.nullableString()
  r.i8() // kind of resource
  r.string()
  const entries = r.array((): [string, string | null] => {
    const entry: [string, string | null] = [r.string(), r.nullableString()]
    r.bool() // read only
    r.i8() // source
    r.bool() // sensitive
    r.array(() => skipSynonym(r))
    r.i8() // type
    r.nullableString() // documentation
    r.tags()
    return entry
  })
  r.tags()
  return { error, message, settings: new Map(entries) }
}

function skipSynonym(r: WireReader): void {
  r.string()
  r.nullableString()
  r.i8()
  r.tags()
}
