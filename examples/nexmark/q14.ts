// q14, calculation: another price, the time of day, and how often a letter occurs in a text.

import { job } from 'lyrebird'
import { bids } from './model.ts'

function timeOfDay(ms: number): 'day' | 'night' | 'other' {
  const hour = new Date(ms).getUTCHours()
  return hour >= 8 && hour <= 18 ? 'day' : hour <= 6 || hour >= 20 ? 'night' : 'other'
}

const calculated = bids
  .map(b => ({
    auction: b.auction,
    bidder: b.bidder,
    price: 0.908 * b.price,
    bidTimeType: timeOfDay(b.dateTime),
    cs: b.extra.split('c').length - 1,
  }))
  .filter(b => b.price > 1_000 && b.price < 50_000_000)

export default job('nexmark-q14', { out: calculated.to('q14') })
