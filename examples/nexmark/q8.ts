// q8, monitor new users: persons who registered and opened auctions within the same 10 s. Two windowed tables with one
// kind of window, joined.

import { count, first, job, tumbling } from 'lyrebird'
import { auctions, persons } from './model.ts'

const registered = persons
  .keyBy(p => p.id)
  .window(tumbling('10s'))
  .aggregate({ name: first(p => p.name) })
const sold = auctions
  .keyBy(a => a.seller)
  .window(tumbling('10s'))
  .aggregate({ auctions: count() })

const newSellers = registered
  .joinTables(sold)
  .mapValues(({ left, right }) => ({ name: left.name, auctions: right.auctions }))

export default job('nexmark-q8', { newSellers })
