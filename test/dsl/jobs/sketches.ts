// Every sketch, over all time and in windows; lambdas query membership and frequency.

import {
  approxCountDistinct,
  approxFrequency,
  approxMembership,
  approxQuantiles,
  frequencyOf,
  job,
  mightContain,
  sample,
  tumbling,
} from 'lyrebird'
import { events } from './event.ts'

const keyed = events.keyBy(e => e.k)

const sketches = keyed.aggregate({
  users: approxCountDistinct(e => e.n),
  coarse: approxCountDistinct(e => [e.n, e.k], { precision: 5 }),
  quantiles: approxQuantiles(e => e.n, { quantiles: [0, 0.5, 0.99], accuracy: 0.02 }),
  some: sample(3, e => e.t),
})

const asked = keyed
  .window(tumbling('10s'))
  .aggregate({
    seen: approxMembership(e => e.n, { items: 100, falsePositives: 0.01 }),
    often: approxFrequency(e => e.tags ?? null, { error: 0.05, confidence: 0.9 }),
  })
  .mapValues(({ seen, often }) => ({ two: mightContain(seen, 2), none: frequencyOf(often, null) }))

export default job('sketches', { sketches, asked })
