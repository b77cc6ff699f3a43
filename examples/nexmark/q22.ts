// q22, get directories of an address: the first three parts of its path.

import { job } from 'lyrebird'
import { bids } from './model.ts'

const withDirectories = bids.map(b => {
  const [dir1 = null, dir2 = null, dir3 = null] = b.url.split('/').slice(3)
  return { auction: b.auction, bidder: b.bidder, price: b.price, channel: b.channel, dir1, dir2, dir3 }
})

export default job('nexmark-q22', { out: withDirectories.to('q22') })
