// The embedded log between processes: followed while another one appends, killed while it appends, written in turn.

import { expect, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { killUnreaped, program, start, UNREAPED } from '../support/child.ts'
import { temporaryDirectory } from './support/directories.ts'
import { codeOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'
import { record } from './support/records.ts'

/** Appends numbered records to two partitions, a few at a time, and prints how many are acknowledged. */
const appender = program(`
  import { OutputTopic } from './logs/embedded/output-topic.ts'
  const [directory, batches] = [process.argv[2], Number(process.argv[3])]
  const topic = await OutputTopic.openForAppend(directory, 't', 2, { segmentBytes: 2000 })
  for (let batch = 0; batch < batches; batch++) {
    for (const partition of [0, 1]) {
      const first = Number(topic.positions[partition])
      const values = Array.from({ length: 1 + (batch % 7) }, (_, i) => Buffer.from('v' + (first + i)))
      await topic.append(partition, values.map(value => ({ timestamp: 0, key: null, value, headers: [] })))
    }
    console.log(topic.positions.join(' '))
  }
  await topic.close()
`)

/** Holds the lock of a topic until it is killed, and prints its pid. */
const holder = program(`
  import { OutputTopic } from './logs/embedded/output-topic.ts'
  await OutputTopic.openForAppend(process.argv[2], 't', 1)
  console.log(process.pid)
  setInterval(() => {}, 1000)
`)

test('a reader follows while another process appends: every record once, in order, none before it is published', async () => {
  const directory = temporaryDirectory()
  const made = await OutputTopic.openForAppend(directory, 't', 2)
  await made.close()
  const log = await DirectoryLog.open(directory)
  const child = start(appender, [directory, '150'])
  const total = Array.from({ length: 150 }, (_, batch) => 1 + (batch % 7)).reduce((a, b) => a + b)
  const seen: (string | null)[][] = [[], []]
  let rounds = 0
  while (seen.some(values => values.length < total)) {
    for (const { partition, end } of await log.partitions('t')) {
      const values = seen[partition] as (string | null)[]
      for (const { value } of await readAll(log, 't', partition, BigInt(values.length), end)) values.push(value)
    }
    rounds++
    await log.changed(10_000)
  }
  expect(await child.ended).toMatchObject({ code: 0 })
  const expected = Array.from({ length: total }, (_, i) => `v${i}`)
  expect(seen).toEqual([expected, expected])
  expect(rounds).toBeGreaterThan(3)
  await log.close()
})

test('waiting ends soon after a publish, and at the timeout without one', async () => {
  const directory = temporaryDirectory()
  const topic = await OutputTopic.openForAppend(directory, 't', 1)
  const log = await DirectoryLog.open(directory)
  await log.partitions('t')
  const before = performance.now()
  const woken = log.changed(30_000)
  await topic.append(0, [record('a')])
  await woken
  expect(performance.now() - before).toBeLessThan(5000)
  await log.partitions('t')
  await topic.append(0, [record('b')])
  await log.changed(30_000) // A publish between a read and the wait is not lost.
  await topic.close()
  await log.partitions('t')
  const controller = new AbortController()
  const waiting = log.changed(30_000, controller.signal)
  controller.abort()
  await waiting
  await log.changed(1)
  await log.close()
})

test('an appender that is killed loses nothing that it acknowledged, and leaves nothing half done', async () => {
  const directory = temporaryDirectory()
  let acknowledged = [0, 0]
  for (let round = 0; round < 6; round++) {
    const child = start(appender, [directory, '100000'])
    for (let i = 0; i < 3 + ((round * 5) % 11); i++)
      acknowledged = (await child.line())?.split(' ').map(Number) ?? acknowledged
    child.kill('SIGKILL')
    await child.ended
    const log = await DirectoryLog.open(directory)
    for (const partition of [0, 1]) {
      const values = await allValues(log, 't', partition)
      expect(values.length).toBeGreaterThanOrEqual(acknowledged[partition] as number)
      expect(values).toEqual(values.map((_, i) => `v${i}`))
    }
    await log.close()
  }
})

test.runIf(process.platform === 'linux')('an appender that was killed and not reaped holds no lock', async () => {
  const directory = temporaryDirectory()
  const child = start(holder, [directory], UNREAPED)
  const pid = Number(await child.line())
  expect(await codeOf(() => OutputTopic.openForAppend(directory, 't', 1))).toBe('log-locked')
  await killUnreaped(pid)
  await (await OutputTopic.openForAppend(directory, 't', 1)).close()
})

test('writers of one topic take turns where they wait, and say whom they wait for', async () => {
  const directory = temporaryDirectory()
  await (await OutputTopic.openForAppend(directory, 't', 2)).close()
  const told: string[] = []
  const wait = { ms: 60_000, tell: (sentence: string) => told.push(sentence) }
  const one = async (name: string) => {
    const topic = await OutputTopic.openForAppend(directory, 't', 2, { wait })
    await topic.append(0, [record(name)])
    await topic.append(0, [record(name)])
    await topic.close()
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(one))
  const values = await allValues(await DirectoryLog.open(directory), 't')
  expect(values.map((_, i) => values[i - (i % 2)])).toEqual(values)
  expect([...values].sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'])
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(new Set(told)).toEqual(new Set([`waiting for process ${process.pid}, which writes t/0`]))
})
