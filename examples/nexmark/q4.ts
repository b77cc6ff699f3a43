// q4, average price of a category: over the winning bids of all closed auctions.

import { job } from 'lyrebird'
import { winningBids } from './model.ts'

const averages = winningBids.keyBy(({ right }) => right.category).mean(({ left }) => left.price)

export default job('nexmark-q4', { averages })
