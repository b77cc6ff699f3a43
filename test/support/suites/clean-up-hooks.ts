// Run before each file of tests, also where files share a process.

import { afterAll, afterEach } from 'vitest'
import { cleanUp } from './clean-up.ts'

afterEach(() => cleanUp('test'))
afterAll(() => cleanUp('file'))
