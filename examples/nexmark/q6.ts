// q6, average selling price by seller: over the last ten auctions of each that have closed.

import { job, topK } from 'lyrebird'
import { winningBids } from './model.ts'

const averages = winningBids
  .keyBy(({ right }) => right.seller)
  .aggregate({
    last: topK(
      10,
      ({ right }) => [right.expires, right.id],
      ({ left }) => left.price,
    ),
  })
  .mapValues(({ last }) => last.reduce((a, b) => a + b, 0) / last.length)

export default job('nexmark-q6', { averages })
