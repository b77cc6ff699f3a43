// Chooses the sink for a place: a directory is an embedded log, kafka://HOST:PORT,... a cluster.

import { LyrebirdError } from '../core/errors.ts'
import { isKafkaAddress } from '../logs/kafka/login/address.ts'
import type { Patience } from '../logs/patience.ts'
import { openEmbeddedSink } from './embedded/embedded-sink.ts'
import type { OpenSink, TopicOptions } from './sink.ts'

/** For a cluster. */
interface PlaceOptions extends TopicOptions {
  readonly patience?: Patience | undefined
}

/** The sink at a place. Throws `output-unsupported` for one that cannot be written exactly once. */
export function sinkAt(place: string, kafka: PlaceOptions = {}): OpenSink {
  if (isKafkaAddress(place)) {
    return async options => {
      // A job that writes nothing needs no more of the cluster than to read.
      if (options.topics.length === 0) return await openEmbeddedSink(options.outbox, options)
      // Loaded only where it is needed, as for reading.
      const { openKafkaSink } = await import('./kafka/kafka-sink.ts')
      return await openKafkaSink(place, options, kafka)
    }
  }
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return options => openEmbeddedSink(place, options)
  throw new LyrebirdError('output-unsupported', `outputs cannot be written to ${place} exactly once`, {
    hint: 'give a directory, or kafka://HOST:PORT,...',
  })
}
