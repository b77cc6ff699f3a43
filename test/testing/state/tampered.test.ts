// What is not as the log says is found, wherever it is: rows, digests, reports, records of outputs and changes.
//
// Promises: each defect is named with its part, with what is there and what should be; nothing else is called
// different.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROGRESS, Progress } from '../../../core/executor/progress.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import { TABLE } from '../../../core/state/row-codec.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { DirectoryLog } from '../../../logs/directory.ts'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import type { MemoryLog } from '../../../logs/memory.ts'
import { writtenRecords } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { openStateWriter } from '../../../store/index.ts'
import type { StateWriter } from '../../../store/store.ts'
import { stateVerdictLines } from '../../../testing/equivalence/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS, type TestJob } from '../../support/jobs/jobs.ts'
import { clickLog, clicks, verified } from './clicks.ts'

const functions = clicks()
const { plan } = functions
const COUNT = 120

/** Computed in several commits, so that each minute has changed more than once. */
async function computed(): Promise<{ log: MemoryLog; state: string }> {
  const [log, state] = [clickLog(COUNT), join(testFolder(), 'state')]
  for (const end of [31n, 62n, 100n, 120n]) {
    await runBatch({ functions, log, state, until: new Map([['clicks/0', end]]) })
  }
  return { log, state }
}

type Verdict = Awaited<ReturnType<typeof verified>>

const textOf = (verdict: Verdict): string => stateVerdictLines(verdict, 'again').join('\n')
const different = ({ parts }: Verdict): string[] => parts.filter(p => p.differing > 0).map(({ part }) => part)

const firstRow = (writer: StateWriter, table: string): [Uint8Array, Uint8Array] => {
  const [row] = writer.range(table)
  const [key, value] = row as readonly [Uint8Array, Uint8Array]
  return [key.slice(), value.slice()]
}

const nodeOfKind = (kind: string): string => plan.nodes.find(node => node.kind === kind)?.id as string
const totalNode = plan.results.find(({ name }) => name === 'total')?.node as string

/** Changes the state as no run would. */
type Defect = (writer: StateWriter, progress: Progress) => readonly (readonly [string, Uint8Array, Uint8Array | null])[]

const DEFECTS: readonly (readonly [string, string, Defect])[] = [
  [
    'a row with another value',
    'view perMinute',
    writer => {
      const [key, value] = firstRow(writer, TABLE.view('perMinute'))
      return [[TABLE.view('perMinute'), key, new Uint8Array([value[0] as number, ...canonicalBytes(99)])]]
    },
  ],
  [
    'a row of bytes that are no value',
    'view perMinute',
    writer => [
      [TABLE.view('perMinute'), firstRow(writer, TABLE.view('perMinute'))[0], new Uint8Array([0, 255, 254, 253])],
    ],
  ],
  [
    'a row that is gone, with the digest that fits',
    'view perMinute',
    (writer, progress) => {
      const [key, value] = firstRow(writer, TABLE.view('perMinute'))
      progress.digest(DIGEST.view('perMinute')).removeRow(key, value)
      return [[TABLE.view('perMinute'), key, null]]
    },
  ],
  [
    'a row that an aggregation shares with its view, gone',
    'view total',
    writer => [[TABLE.state(totalNode), firstRow(writer, TABLE.state(totalNode))[0], null]],
  ],
  ['a late record that is gone', 'late', writer => [[TABLE.late, firstRow(writer, TABLE.late)[0], null]]],
  [
    'a dead letter with another reason',
    'dead letters',
    writer => {
      const [key] = firstRow(writer, TABLE.dead)
      const value = [canonicalBytes({ kind: 'throw', reason: 'another one' }), canonicalBytes({})]
      return [[TABLE.dead, key, new Uint8Array(value.flatMap(bytes => [...bytes]))]]
    },
  ],
  [
    'a digest that does not fit its rows',
    'view total',
    (_, progress) => {
      progress.digest(DIGEST.view('total')).addRow(Uint8Array.of(1), Uint8Array.of(2))
      return []
    },
  ],
  [
    'another count of what was emitted',
    'counts of all that was emitted',
    (_, progress) => {
      progress.digest(DIGEST.emitted(nodeOfKind('output'))).addRow(Uint8Array.of(1), Uint8Array.of(2))
      return []
    },
  ],
  [
    'another watermark',
    'watermarks',
    (_, progress) => {
      progress.sourcePartition(nodeOfKind('source'), 'clicks/0').maxTime += 1
      return []
    },
  ],
]

describe('a state', () => {
  it('as it should be is equal', async () => {
    const { log, state } = await computed()
    const verdict = await verified(functions, log, state)
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true })
    expect(verdict.parts.map(({ part }) => part)).toEqual([
      'view perMinute',
      'view total',
      'late',
      'dead letters',
      'output copy',
      'changes counts',
      'watermarks',
      'counts of all that was emitted',
    ])
    expect(verdict.parts.every(({ compared, of }) => compared === of && of > 0)).toBe(true)
  })

  it('of another plan is refused before anything is read', async () => {
    const { log, state } = await computed()
    await expect(verified(interpretedModule((JOBS.traffic as TestJob).build()), log, state)).rejects.toMatchObject({
      code: 'state-incompatible',
      exitCode: 6,
    })
  })

  it.each(DEFECTS)('with %s is found', async (_, part, defect) => {
    const { log, state } = await computed()
    const writer = await openStateWriter(state)
    const progress = Progress.decode(writer.document(PROGRESS) as Uint8Array)
    const changes = defect(writer, progress)
    await writer.commit(transaction => {
      for (const [table, key, value] of changes) transaction.applyChanges(table, [[key, value]])
      transaction.putDocument(PROGRESS, progress.encode())
    })
    await writer.close()
    const verdict = await verified(functions, log, state)
    expect(verdict.equal).toBe(false)
    expect(different(verdict), textOf(verdict)).toEqual([part])
    expect(textOf(verdict)).toMatch(/^NOT EQUAL: /)
    expect(textOf(verdict)).toContain(`DIFFERENT     ${part}`)
    expect(textOf(verdict)).toMatch(/ is {9}.+\n +should be {2}/)
  })
})

/** Records by topic and partition. */
type Topics = Map<string, LogRecord[][]>

async function outputsOf(state: string): Promise<Topics> {
  const log = await DirectoryLog.open(join(state, 'out'))
  const topics: Topics = new Map()
  for (const topic of await log.topics()) {
    const partitions: LogRecord[][] = []
    for (const { partition, start, end } of await log.partitions(topic)) {
      const records: LogRecord[] = []
      for await (const record of writtenRecords(log, topic, partition, start, end)) records.push(record)
      partitions.push(records)
    }
    topics.set(topic, partitions)
  }
  await log.close()
  return topics
}

async function written(topics: Topics): Promise<string> {
  const directory = join(testFolder(), 'other')
  for (const [topic, partitions] of topics) {
    const writer = await OutputTopic.openForAppend(directory, topic, partitions.length)
    for (const [partition, records] of partitions.entries()) await writer.append(partition, records)
    await writer.close()
  }
  return directory
}

const value = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Changes the records of a partition. */
const RECORD_DEFECTS: readonly (readonly [string, 'copy' | 'counts', (records: LogRecord[]) => unknown])[] = [
  ['another value', 'copy', records => (records[3] = { ...(records[3] as LogRecord), value: value('{"n":99}') })],
  ['another key', 'copy', records => (records[3] = { ...(records[3] as LogRecord), key: value('u9') })],
  ['another timestamp', 'copy', records => (records[3] = { ...(records[3] as LogRecord), timestamp: 7 })],
  ['no identity', 'copy', records => (records[3] = { ...(records[3] as LogRecord), headers: [] })],
  ['a missing record', 'copy', records => records.splice(3, 1)],
  ['a missing last record', 'copy', records => records.pop()],
  [
    'two records the other way round',
    'copy',
    records => records.splice(3, 2, records[4] as LogRecord, records[3] as LogRecord),
  ],
  ['a record too much', 'copy', records => records.splice(3, 0, records[3] as LogRecord)],
  [
    'another newest change',
    'counts',
    records => (records[records.length - 1] = { ...(records.at(-1) as LogRecord), value: value('99') }),
  ],
  ['a missing newest change', 'counts', records => records.splice(-1, 1, records[0] as LogRecord)],
  [
    'a row that is said to be gone',
    'counts',
    records => (records[records.length - 1] = { ...(records.at(-1) as LogRecord), value: null }),
  ],
]

describe('topics', () => {
  it('as they should be are equal, also with what later commits have written', async () => {
    const { log, state } = await computed()
    const topics = await outputsOf(state)
    for (const partitions of topics.values()) {
      for (const records of partitions) records.push({ ...(records[0] as LogRecord), value: value('12345') })
    }
    const verdict = await verified(functions, log, state, { out: await written(topics) })
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true })
  })

  it.each(RECORD_DEFECTS)('with %s in %s are found', async (_, topic, defect) => {
    const { log, state } = await computed()
    const topics = await outputsOf(state)
    defect((topics.get(topic) as LogRecord[][])[1] as LogRecord[])
    const verdict = await verified(functions, log, state, { out: await written(topics) })
    expect(different(verdict), textOf(verdict)).toEqual([topic === 'copy' ? 'output copy' : 'changes counts'])
    expect(textOf(verdict)).toMatch(/of partition 1\n +is {9}/)
  })

  it('that are not there are missing', async () => {
    const { log, state } = await computed()
    const topics = await outputsOf(state)
    topics.delete('copy')
    const verdict = await verified(functions, log, state, { out: await written(topics) })
    expect(different(verdict), textOf(verdict)).toEqual(['output copy'])
    expect(textOf(verdict)).toMatch(/record 0 of partition 0\n +is {9}absent/)
  })

  it('are compared as far as the rest of a log says', async () => {
    const { log, state } = await computed()
    log.trim('clicks', 0, 50n)
    const sound = await verified(functions, log, state)
    expect(sound, textOf(sound)).toMatchObject({ equal: true, whole: false })
    const copy = sound.parts.find(({ part }) => part === 'output copy')
    expect(copy?.compared).toBeGreaterThan(20)
    expect(copy?.compared).toBeLessThan(copy?.of as number)
    const topics = await outputsOf(state)
    topics.get('copy')?.[1]?.pop()
    const verdict = await verified(functions, log, state, { out: await written(topics) })
    expect(different(verdict), textOf(verdict)).toEqual(['output copy'])
  })
})
