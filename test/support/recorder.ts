// A recorder without decoders and places, for tests of single parts of the executor.

import { Recorder } from '../../core/emitted/recorder.ts'
import { memorySorter } from './memory-state.ts'

export const recorder = (): Recorder =>
  new Recorder({ newSorter: memorySorter, decoders: new Map(), siteOf: () => undefined, placeOf: () => undefined })
