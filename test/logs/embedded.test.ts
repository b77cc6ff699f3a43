// The embedded log: what is written is read, published before it is seen, and recovered to the byte.

import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { openLog } from '../../logs/index.ts'
import { temporaryDirectory } from './support/directories.ts'
import { codeOf, failureOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'
import { anyRecord, asRead, numbered, record } from './support/records.ts'

const small = { segmentBytes: 300 }

async function withTopic<T>(directory: string, use: (topic: OutputTopic) => Promise<T>, partitions: number | null = 1) {
  const topic = await OutputTopic.openForAppend(directory, 't', partitions, small)
  try {
    return await use(topic)
  } finally {
    await topic.close()
  }
}

const values = (count: number, prefix = 'v') => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

test('any records come back as they were, over several segments and any chunk size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyRecord, { maxLength: 6 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 2000 }),
      fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
      async (appends, chunkBytes, picks) => {
        const directory = temporaryDirectory()
        await withTopic(directory, async topic => {
          for (const records of appends) await topic.append(0, records)
        })
        const all = appends.flat()
        const log = await openLog(directory)
        const [range] = await log.partitions('t')
        expect(range).toEqual({ topic: 't', partition: 0, start: 0n, end: BigInt(all.length) })
        const expected = all.map((r, i) => asRead(r, BigInt(i)))
        expect(await readAll(log, 't', 0, 0n, BigInt(all.length), { chunkBytes })).toEqual(expected)
        const [a, b] = picks.map(pick => pick % (all.length + 1)).sort((x, y) => x - y) as [number, number]
        expect(await readAll(log, 't', 0, BigInt(a), BigInt(b), { chunkBytes })).toEqual(expected.slice(a, b))
        await log.close()
      },
    ),
    { numRuns: 40 },
  )
})

test('what is prepared but not published is invisible, and the next writer cuts it off', async () => {
  const directory = temporaryDirectory()
  const files = () =>
    readdirSync(join(directory, 't/partition=0'))
      .filter(name => name.endsWith('.log'))
      .map(name => [name, statSync(join(directory, 't/partition=0', name)).size])
  await withTopic(directory, async topic => {
    await topic.append(0, numbered(3))
  })
  const published = files()
  await withTopic(directory, async topic => {
    for (let i = 0; i < 4; i++) await topic.prepare(0, numbered(20, 'lost'))
    expect(files().length).toBeGreaterThan(2)
    const log = await DirectoryLog.open(directory)
    expect(await allValues(log, 't')).toEqual(values(3))
    expect(await codeOf(() => readAll(log, 't', 0, 0n, 4n))).toBe('range-lost')
  })
  await withTopic(directory, async topic => {
    expect(topic.positions).toEqual([3n])
    expect(files()).toEqual(published)
    for (let i = 0; i < 4; i++) await topic.append(0, numbered(9, 'w', i * 9))
  })
  expect(await allValues(await openLog(directory), 't')).toEqual([...values(3), ...values(36, 'w')])
})

test('recover publishes up to the position of the state, wherever the crash was', async () => {
  const owner = { partitions: 2, owner: 'state-1', ...small }
  for (const crash of ['before commit', 'after commit', 'after publish'] as const) {
    const directory = temporaryDirectory()
    const first = await OutputTopic.open(directory, 't', owner)
    await first.recover([0n, 0n])
    await first.prepare(0, numbered(5))
    await first.publish()
    await first.prepare(0, numbered(40, 'x'))
    await first.prepare(1, numbered(2, 'y'))
    const committed = crash === 'before commit' ? [5n, 0n] : [...first.positions]
    if (crash === 'after publish') await first.publish(committed)
    if (crash !== 'after publish') await first.prepare(0, numbered(7, 'torn'))
    await first.close()
    const second = await OutputTopic.open(directory, 't', owner)
    await second.recover(committed)
    expect(second.positions).toEqual(committed)
    await second.close()
    const log = await openLog(directory)
    const written = crash === 'before commit' ? values(5) : [...values(5), ...values(40, 'x')]
    expect(await allValues(log, 't', 0)).toEqual(written)
    expect(await allValues(log, 't', 1)).toEqual(crash === 'before commit' ? [] : values(2, 'y'))
  }
})

test('a state that is older than what readers saw, or newer than the files, is refused', async () => {
  const directory = temporaryDirectory()
  const options = { partitions: 1, owner: 's', ...small }
  const first = await OutputTopic.open(directory, 't', options)
  await first.recover()
  await first.prepare(0, numbered(30))
  await first.publish()
  await first.prepare(0, numbered(30))
  await first.close()
  const attempt = async (position: bigint) => {
    const topic = await OutputTopic.open(directory, 't', options)
    try {
      return await codeOf(() => topic.recover([position]))
    } finally {
      await topic.close()
    }
  }
  expect(await attempt(29n)).toBe('state-incompatible')
  expect(await attempt(61n)).toBe('log-gap')
  expect(await attempt(35n)).toBe('bad-batch')
  const last = readdirSync(join(directory, 't/partition=0'))
    .filter(n => n.endsWith('.log'))
    .sort()
    .at(-1) as string
  const path = join(directory, 't/partition=0', last)
  truncateSync(path, statSync(path).size - 1)
  expect(await attempt(60n)).toBe('truncated')
})

test('a topic keeps its number of partitions, its owner and its id', async () => {
  const directory = temporaryDirectory()
  await withTopic(directory, async topic => expect(topic.partitions).toBe(3), 3)
  await withTopic(directory, async topic => expect(topic.partitions).toBe(3), null)
  expect(readdirSync(join(directory, 't')).sort()).toEqual(['.topic', 'partition=0', 'partition=1', 'partition=2'])
  expect(await codeOf(() => OutputTopic.openForAppend(directory, 't', 4))).toBe('partition-count')
  expect(await codeOf(() => OutputTopic.openForAppend(directory, 't', 0))).toBe('partition-count')
  expect(await codeOf(() => OutputTopic.open(directory, 't', { partitions: 3, owner: 'me' }))).toBe('topic-owned')
  const mine = await OutputTopic.open(directory, 'mine', { partitions: 1, owner: 'me' })
  await mine.close()
  expect(await codeOf(() => OutputTopic.open(directory, 'mine', { partitions: 1, owner: 'you' }))).toBe('topic-owned')
  expect(await codeOf(() => OutputTopic.openForAppend(directory, 'mine', 1))).toBe('topic-owned')
  const log = await openLog(directory)
  expect(await log.topics()).toEqual(['mine', 't'])
  const id = await log.topicId('t')
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(await log.topicId('mine')).not.toBe(id)
})

test('a second writer of a partition is refused while the first one lives', async () => {
  const directory = temporaryDirectory()
  await withTopic(directory, async () => {
    const failure = await failureOf(() => OutputTopic.openForAppend(directory, 't', 1))
    expect(failure.code).toBe('log-locked')
    expect(failure.message).toContain(String(process.pid))
  })
  await withTopic(directory, async topic => expect(await topic.append(0, [record('a')])).toBe(0n))
})

test('a writer that has lost its lock cannot publish', async () => {
  const directory = temporaryDirectory()
  const topic = await OutputTopic.openForAppend(directory, 't', 1)
  const { rmSync } = await import('node:fs')
  rmSync(join(directory, 't/partition=0/.lock'))
  await withTopic(directory, async other => {
    await other.append(0, [record('other')])
    expect(await codeOf(() => topic.append(0, [record('mine')]))).toBe('stale-owner')
  })
  await topic.close()
  expect(await allValues(await openLog(directory), 't')).toEqual(['other'])
})
