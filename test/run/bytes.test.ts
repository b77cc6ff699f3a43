// Bytes that lambdas see (values of `bytes()`, keys, headers) are plain Uint8Arrays, whatever type the log reads into.

import { expect, it } from 'vitest'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'
import { testFolder } from './support/folder.ts'

interface LogRecord {
  readonly keyBytes: Uint8Array
  readonly headers: readonly { readonly value: Uint8Array }[]
}

/** Keys made of the bytes as text, which differs for a subclass such as Buffer. */
function spelt() {
  const plan = new PlanBuilder()
  const bytes = plan.source('t', { format: { kind: 'bytes' } })
  const text = (value: Uint8Array, { keyBytes, headers }: LogRecord): string =>
    [value, keyBytes, headers[0]?.value].map(String).join(' ')
  plan.view('spelt', plan.bare(plan.keyBy(bytes, text), GLOBAL, { kind: 'count' }))
  return plan.program('spelt')
}

const [key, value, header] = [Uint8Array.of(97), Uint8Array.of(98, 99), Uint8Array.of(100)]

it.each([
  ['emitted', emittedModule],
  ['interpreted', interpretedModule],
])('%s functions', async (_, moduleOf) => {
  const log = testFolder()
  const topic = await OutputTopic.openForAppend(log, 't', 1)
  await topic.append(0, [{ timestamp: 1, key, value, headers: [{ key: 'h', value: header }] }])
  await topic.close()
  const seen: string[] = []
  const { plan, lambdas } = spelt()
  const watched = Object.fromEntries(
    Object.entries(lambdas).map(([id, { fn }]) => [
      id,
      { fn: (...given: never[]) => seen[seen.push(fn?.(...given) as string) - 1] },
    ]),
  )
  const functions = moduleOf({ plan, lambdas: watched })
  const verdict = await verifyJob({ functions, log, interleavings: 1, seed: 1 })
  expect(verdict.equal, verdictLines(verdict).join('\n')).toBe(true)
  expect(new Set(seen)).toEqual(new Set(['98,99 97 100']))
})
