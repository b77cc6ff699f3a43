// The sink that the options of a run say: one that is given, or that of a place.
//
// Not here: which place, where none is asked for (folders.ts).

import type { Patience } from '../../logs/patience.ts'
import { sinkAt } from '../../sinks/open-sink.ts'
import type { OpenSink, TopicOptions } from '../../sinks/sink.ts'
import { defaultOut } from './folders.ts'

interface OutputPlace {
  readonly out?: string | OpenSink | undefined
  readonly outTopics?: TopicOptions | undefined
  readonly state: string
  readonly patience?: Patience | undefined
}

export const sinkOf = ({ out, outTopics, state, patience }: OutputPlace): OpenSink =>
  typeof out === 'function' ? out : sinkAt(out ?? defaultOut(state), { patience, ...outTopics })
