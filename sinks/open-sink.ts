// Chooses the sink for a place: a directory is an embedded log.

import { LyrebirdError } from '../core/errors.ts'
import { openEmbeddedSink } from './embedded/embedded-sink.ts'
import type { OpenSink } from './sink.ts'

/** The sink at a place. Throws `output-unsupported` for one that cannot be written exactly once. */
export function sinkAt(place: string): OpenSink {
  if (!/^kafka:/i.test(place)) return options => openEmbeddedSink(place, options)
  throw new LyrebirdError(
    'output-unsupported',
    `outputs cannot be written to ${place}: without transactions they would not be exactly once`,
    {
      hint: 'leave --out away, or give a directory: outputs go to an embedded log there',
    },
  )
}
