// q0, pass through: every bid as it is. What it costs to read and write.

import { job } from 'lyrebird'
import { bids } from './model.ts'

export default job('nexmark-q0', { out: bids.to('q0') })
