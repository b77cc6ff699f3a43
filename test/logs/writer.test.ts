// `lyrebird/log`: what a program writes is what a log reads.

import { openTopic } from 'lyrebird/log'
import { expect, test } from 'vitest'
import { partitionFor } from '../../core/values/murmur2.ts'
import { openLog } from '../../logs/index.ts'
import { temporaryDirectory } from './support/directories.ts'
import { failureOf } from './support/failures.ts'
import { readAll } from './support/read-log.ts'

test('records, keys, deletions, headers and ticks are read back; one writer at a time', async () => {
  const log = temporaryDirectory()
  const topic = await openTopic('t', { log, partitions: 2 })
  await topic.append([
    { key: 'ann', value: { n: 1 }, timestamp: 5, headers: { from: 'test' } },
    { key: 'ann', value: null, timestamp: 6 },
    { value: Buffer.from('raw'), timestamp: 7 },
  ])
  await topic.tick(9)
  expect((await failureOf(() => openTopic('t', { log }))).code).toBe('log-locked')
  expect((await failureOf(() => topic.append([{ value: 1 }, { value: 2, timestamp: 0.5 }]))).code).toBe('usage')
  await topic.close()
  const read = await openLog(log)
  const partition = partitionFor(Buffer.from('ann'), 2)
  const end = (await read.partitions('t')).map(range => range.end)
  expect(end.reduce((sum, each) => sum + each, 0n)).toBe(5n)
  const records = await readAll(read, 't', partition, 0n, end[partition] ?? 0n)
  expect(records.slice(0, 2)).toMatchObject([
    { key: 'ann', value: '{"n":1}', timestamp: 5, headers: [['from', 'test']] },
    { key: 'ann', value: null, timestamp: 6 },
  ])
  expect(records.at(-1)).toMatchObject({ tick: true, timestamp: 9 })
  await (await openTopic('t', { log })).close()
})
