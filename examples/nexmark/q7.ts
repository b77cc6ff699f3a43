// q7, highest bid: of each 10 s. Among equal prices the first bid.

import { job, maxBy, tumbling } from 'lyrebird'
import { bids } from './model.ts'

const highest = bids
  .keyBy(() => 'all')
  .window(tumbling('10s'))
  .aggregate({
    bid: maxBy(
      b => b.price,
      ({ auction, price, bidder, dateTime }) => ({ auction, price, bidder, dateTime }),
    ),
  })

export default job('nexmark-q7', { highest })
