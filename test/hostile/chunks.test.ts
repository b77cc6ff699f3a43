// Records across the borders of chunks, for every size of a chunk: bytes of one record are never taken for those of the
// next.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendFiles } from '../../logs/append/append.ts'
import { openLog } from '../../logs/index.ts'
import type { Log } from '../../logs/log.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { loadJob } from '../../testing/load-job.ts'
import { testFolder } from '../run/support/folder.ts'
import { hostileJob, hostilePath } from './support/hostile.ts'

const utf8 = new TextEncoder()

/** Lines of JSON with everything that a border could cut in two. */
const LINES = [
  '{"k":"caf\u00e9 😀 \\ud83d\\ude00","t":1,"v":"\\\\\\"\\u0041"}',
  '',
  '{"k":"windows","t":2}\r',
  '\r',
  '{"k":1}',
  '{"t":3,"k":"\u20ac","n":-1.5e3,"id":9007199254740993,"tags":{"__proto__":1},"list":[null,"\\ud800"]}',
  '{"k":"\u20ac","t":4',
  '"}',
  '[1,2',
  '{"k":"last","t":5}',
]

async function readAll(log: Log, topic: string, chunkBytes: number): Promise<string[]> {
  const values: string[] = []
  for (const { partition, start, end } of await log.partitions(topic)) {
    for await (const chunk of log.read(topic, partition, start, end, { chunkBytes })) {
      for (let i = 0; i < chunk.count; i++) {
        values.push(Buffer.from(chunk.bytes.subarray(chunk.valueStart[i], chunk.valueEnd[i])).toString('latin1'))
      }
    }
  }
  return values
}

/** The same log, read in chunks of `chunkBytes`. */
function inChunks(log: Log, chunkBytes: number): Log {
  return {
    description: log.description,
    topics: () => log.topics(),
    partitions: topic => log.partitions(topic),
    abilities: topic => log.abilities(topic),
    topicId: topic => log.topicId(topic),
    read: (topic, partition, from, to) => log.read(topic, partition, from, to, { chunkBytes }),
    changed: (ms, signal) => log.changed(ms, signal),
    close: () => log.close(),
  }
}

/** A log of the lines, as an archive or as segments; the last line is unterminated. */
async function logOf(kind: 'archive' | 'segments', bytes: Uint8Array): Promise<Log> {
  const directory = testFolder()
  if (kind === 'archive') {
    const folder = join(directory, 'events', 'partition=0')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'events+0+0.json'), bytes)
  } else {
    const pieces = async function* () {
      for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1)
    }
    await appendFiles({ directory, topic: 'events', inputs: [{ name: 'x', bytes: pieces() }], now: () => 0 })
  }
  return await openLog(directory)
}

test.each(['archive', 'segments'] as const)('%s: the same records for every size of a chunk', async kind => {
  const text = LINES.join('\n')
  const log = await logOf(kind, utf8.encode(text))
  const expected = text.split('\n').map(line => Buffer.from(line).toString('latin1'))
  for (let size = 1; size <= utf8.encode(text).length + 1; size++) {
    expect(await readAll(log, 'events', size), `chunks of ${size}`).toEqual(expected)
  }
  const { program, compiled } = await loadJob(hostilePath('values'))
  for (const size of [1, 2, 3, 5, 17, 64]) {
    const verdict = await verifyJob({
      functions: program as NonNullable<typeof compiled>['functions'],
      log: inChunks(log, size),
      interleavings: 1,
      seed: size,
    })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    expect(verdict.sides[0]?.digests.map(d => `${d.part} ${d.rows}`)).toContain('dead letters 6')
    expect(verdict.sides[0]?.digests.map(d => `${d.part} ${d.rows}`)).toContain('view keys 4')
  }
  await log.close()
})

test('a record that ends inside of a character, a text or a number is not completed by the next one', async () => {
  const cut = (text: string, more: readonly number[]): Uint8Array =>
    Buffer.concat([Buffer.from(text), Uint8Array.from(more)])
  const t = await hostileJob('values')
  const pairs: readonly (readonly [Uint8Array | string, Uint8Array | string])[] = [
    [cut('{"k":"a', [0xe2, 0x82]), cut('', [0xac, 0x22, 0x2c, 0x22, 0x74, 0x22, 0x3a, 0x31, 0x7d])],
    ['{"k":"a', 'b","t":1}'],
    ['{"k":"a\\', 'n","t":1}'],
    ['{"k":"a\\u00', '41","t":1}'],
    ['{"k":"a","t":1', '23}'],
    ['{"k":"a","t":1}', '}'],
    ['{"k":"a","t":1,"zzz":tr', 'ue}'],
    ['{"k":"a","t":1,"zzz":"', '"}'],
  ]
  for (const pair of pairs) for (const half of pair) t.sendRaw('events', half)
  expect(t.view('keys').map(r => r.key)).toEqual(['a'])
  expect(t.deadLetters().length).toBe(2 * pairs.length - 1)
  await t.toAgree({ interleavings: 10, seed: 1 })
})
