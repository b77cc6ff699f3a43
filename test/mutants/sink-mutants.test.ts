// The mutants of sinks and of Kafka, whose suites wait for brokers: they run beside the others.

import { it } from 'vitest'
import { expectCaught, LIMIT_MS } from './run-mutant.ts'
import { SINK_MUTANTS } from './sink-mutants.ts'

it.each(SINK_MUTANTS)('$name is caught by $suite', { timeout: LIMIT_MS }, expectCaught)
