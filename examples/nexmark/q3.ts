// q3, local item suggestion: who sells what of a category in some states. A person registers before it sells, so the
// join is as of the auction's opening.

import { job } from 'lyrebird'
import { auctions, personById } from './model.ts'

const STATES = ['OR', 'ID', 'CA']

const local = auctions
  .filter(a => a.category === 10)
  .keyBy(a => a.seller)
  .joinTable(personById)
  .filter(({ right }) => STATES.includes(right.state))
  .mapValues(({ left, right }) => ({ name: right.name, city: right.city, state: right.state, auction: left.id }))

export default job('nexmark-q3', { out: local.to('q3') })
