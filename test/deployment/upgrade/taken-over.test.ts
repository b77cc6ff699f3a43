// What an upgrade takes over and what it computes: dead letters of closed rows, lambdas that are not called, and what
// an interrupted one has computed.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JobResult } from '../../../core/result/result.ts'
import { type UpgradeOptions, upgradeState } from '../../../deployment/upgrade/upgrade-state.ts'
import { job, type Stream, source, tumbling } from '../../../dsl/index.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { testFolder } from '../../run/support/folder.ts'
import { deadOf } from '../../support/read-result.ts'
import { programOf } from '../../support/run-job.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const versionOf = (results: (events: Stream<Event>) => Parameters<typeof job>[1]) => {
  const events = source<Event>('events', { time: e => e.t })
  return emittedModule(programOf(job('taken', results(events))))
}

function logOf(count: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('events', 1)
  append(log, count)
  return log
}

function append(log: MemoryLog, count: number): void {
  for (let i = 0; i < count; i++)
    log.append('events', 0, [{ timestamp: i, value: Buffer.from(JSON.stringify({ t: i * 100, k: `k${i % 3}` })) }])
}

const hours = (events: Stream<Event>) => {
  const table = events
    .keyBy(e => e.k)
    .window(tumbling('1s'))
    .count()
  return table.mapValues((n, { key }) => {
    if (key === 'k1') throw new Error('no k1')
    return n
  })
}

const ROWS = versionOf(events => ({ rows: hours(events) }))
const BOTH = versionOf(events => {
  const rows = hours(events)
  return { rows, closed: rows.closed().to('closed') }
})

it.each([
  ['come with the first that takes such rows', ROWS, BOTH],
  ['go with the last', BOTH, ROWS],
])('dead letters of closed rows %s', async (_, before, now) => {
  const [log, state, fresh] = [logOf(60), join(testFolder(), 'state'), join(testFolder(), 'fresh')]
  await runBatch({ functions: before, log, state })
  await upgradeState({ functions: now, log, state })
  await runBatch({ functions: now, log, state: fresh })
  const [own, expected] = [state, fresh].map(s => readWholeResult(s, join(s, 'out'), now.plan))
  expect(await own).toEqual(await expected)
  expect(deadOf((await expected) as JobResult).length > 0).toBe(now === BOTH)
})

it('calls no lambda of what stays', async () => {
  const called = { kept: 0, edited: 0 }
  const version = (edited: (e: Event) => string) =>
    versionOf(events => ({
      kept: events
        .filter(() => ++called.kept > 0)
        .keyBy(e => e.k)
        .count(),
      edited: events.keyBy(edited).count(),
    }))
  const [log, state] = [logOf(30), join(testFolder(), 'state')]
  await runBatch({ functions: version(e => e.k), log, state })
  called.kept = 0
  await upgradeState({
    log,
    state,
    functions: version(e => {
      called.edited++
      return `${e.k}!`
    }),
  })
  expect(called).toEqual({ kept: 0, edited: 30 })
})

it('goes on with what an interrupted upgrade has computed, where it is the same', async () => {
  const count = (edited: (e: Event) => string) => versionOf(events => ({ edited: events.keyBy(edited).count() }))
  const [first, other] = [count(e => `${e.k}!`), count(e => `${e.k}?`)]
  const [log, state] = [logOf(30), join(testFolder(), 'state')]
  await runBatch({ functions: count(e => e.k), log, state })
  const upgrade = async (more: Partial<UpgradeOptions>): Promise<number> => {
    let read = 0
    const onProgress = ({ records }: { records: number }): void => {
      read = Math.max(read, records)
    }
    await upgradeState({ functions: first, log, state, onProgress, ...more })
    return read
  }
  const upgradeSteps = (step: string): void => {
    if (step === 'asked') throw new Error('interrupted')
  }
  await expect(upgrade({ upgradeSteps })).rejects.toThrow('interrupted')
  append(log, 5)
  expect(
    await upgrade({})
      .then(() => runBatch({ functions: first, log, state }))
      .then(s => s.records),
  ).toBe(5)
  await expect(upgrade({ functions: other, upgradeSteps })).rejects.toThrow('interrupted')
  // Another version than the one that was begun is computed from the beginning.
  expect(await upgrade({ functions: count(e => `${e.k}.`) })).toBe(35)
  await expect(upgrade({ functions: first, upgradeSteps })).rejects.toThrow('interrupted')
  // The same one reads nothing again.
  expect(await upgrade({ functions: first })).toBe(0)
})
