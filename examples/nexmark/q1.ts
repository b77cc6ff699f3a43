// q1, currency conversion: the price of each bid in euros.

import { job } from 'lyrebird'
import { bids } from './model.ts'

const inEuros = bids.map(({ auction, bidder, price, dateTime, extra }) => ({
  auction,
  bidder,
  price: 0.908 * price,
  dateTime,
  extra,
}))

export default job('nexmark-q1', { out: inEuros.to('q1') })
