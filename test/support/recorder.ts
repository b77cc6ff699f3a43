// A recorder without decoders and places, for tests of single parts of the machine.

import { Recorder } from '../../core/execute/recorder.ts'
import { memorySorter } from './memory-state.ts'

export const recorder = (): Recorder =>
  new Recorder({ newSorter: memorySorter, decoders: new Map(), siteOf: () => undefined, placeOf: () => undefined })
