// The job of the torture in its first version (versions.ts has the others).

import { job } from 'lyrebird'
import { results } from './torture-results.ts'

export default job('torture', results)
