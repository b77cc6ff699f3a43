// An upgrade over outputs in Kafka: those that are unchanged go on where they are, new ones hold the whole history,
// each record once, wherever the upgrade is interrupted.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { upgradeState } from '../../../deployment/upgrade/upgrade-state.ts'
import { job, source } from '../../../dsl/index.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { append, committed, newLog, numbersOf, SuiteCluster } from '../../sinks/kafka/support.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { programOf } from '../../support/run-job.ts'

const LIMIT_MS = 120_000

interface Event {
  readonly k: string
  readonly n: number
}

interface Topics {
  readonly kept: string
  readonly changes: string
  readonly fresh: string
  readonly gone: string
}

function versionOf(topics: Topics, isNew: boolean) {
  const events = source<Event>('in', { time: e => e.n })
  const counts = events.keyBy(e => e.k).count()
  const results = { counts, kept: events.to(topics.kept), changes: counts.changes().to(topics.changes) }
  const big = isNew ? events.filter(e => e.n >= 0).to(topics.fresh) : events.filter(e => e.n >= -1).to(topics.gone)
  return interpretedModule(programOf(job('upgraded', { ...results, big })))
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

describe.skipIf(noKafka)('outputs in Kafka', { timeout: LIMIT_MS }, () => {
  const kafka = SuiteCluster.use('upgraded', LIMIT_MS)

  it.each(['none', 'outputs-prepared', 'in-transaction', 'swapped', 'outputs-published'])(
    'are there once each, interrupted at %s',
    async point => {
      const { out } = kafka
      const name = kafka.fresh()
      const topics = { kept: name, changes: `${name}c`, fresh: `${name}f`, gone: `${name}g` }
      const log = newLog()
      const state = join(testFolder(), 'state')
      append(log, 0, 30)
      await runBatch({ functions: versionOf(topics, false), log, state, out })
      append(log, 30, 40)
      const functions = versionOf(topics, true)
      const upgradeSteps = (step: string): void => {
        if (step === point) throw new Error(`interrupted at ${step}`)
      }
      const upgraded = upgradeState({ functions, log, state, out, upgradeSteps })
      if (point === 'none') await upgraded
      else await expect(upgraded).rejects.toThrow(`interrupted at ${point}`)
      await upgradeState({ functions, log, state, out })
      await runBatch({ functions, log, state, out })
      // The last element waits for a later one.
      expect(numbersOf(await committed(out, topics.kept))).toEqual(upTo(39))
      expect(numbersOf(await committed(out, topics.fresh))).toEqual(upTo(39))
      expect(numbersOf(await committed(out, topics.gone))).toEqual(upTo(29))
      const [changes = []] = await committed(out, topics.changes)
      expect(Object.fromEntries(changes.map(record => record.split('=')))).toEqual({ k0: '14', k1: '13', k2: '13' })
    },
  )
})
