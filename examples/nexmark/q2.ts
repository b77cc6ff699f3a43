// q2, selection: the bids on some auctions.

import { job } from 'lyrebird'
import { bids } from './model.ts'

const selected = bids.filter(b => b.auction % 123 === 0).map(({ auction, price }) => ({ auction, price }))

export default job('nexmark-q2', { out: selected.to('q2') })
