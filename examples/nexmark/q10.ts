// q10, log to a store: every bid with the day and the minute that it belongs to, as another system would partition it.

import { job } from 'lyrebird'
import { bids } from './model.ts'

const logged = bids.map(b => {
  const at = new Date(b.dateTime).toISOString()
  return { ...b, day: at.slice(0, 10), minute: at.slice(11, 16) }
})

export default job('nexmark-q10', { out: logged.to('q10', { key: b => b.day, partitions: 2 }) })
