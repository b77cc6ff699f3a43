// q11, user sessions: how many bids a bidder makes without a pause of more than 10 s.

import { job, session } from 'lyrebird'
import { bids } from './model.ts'

const sessions = bids
  .keyBy(b => b.bidder)
  .window(session('10s'))
  .count()

export default job('nexmark-q11', { sessions })
