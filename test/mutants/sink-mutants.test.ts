// The mutants of sinks, whose suites wait for brokers and servers: they run beside the others.

import { it } from 'vitest'
import { ROW_MUTANTS } from './row-mutants.ts'
import { expectCaught, LIMIT_MS } from './run-mutant.ts'
import { SINK_MUTANTS } from './sink-mutants.ts'

it.each([...SINK_MUTANTS, ...ROW_MUTANTS])('$name is caught by $suite', { timeout: LIMIT_MS }, expectCaught)
