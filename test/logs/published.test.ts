// The mark of what is published: damaged, torn, lost, of the older form, written late; and how it is put right.
//
// Promises: records that were acknowledged are all there, or the failure is `bad-crc` or `truncated`, and nothing is
// cut off then.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { expect, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { openPublished, readPublished, renewPublished, writePublished } from '../../logs/embedded/published.ts'
import { repairTopic } from '../../logs/embedded/repair.ts'
import { encodeBatch } from './support/batches.ts'
import { temporaryDirectory } from './support/directories.ts'
import { codeOf, failureOf } from './support/failures.ts'
import { allValues } from './support/read-log.ts'
import { numbered, record } from './support/records.ts'

const place = { topic: 't', partition: 0 }
const values = (count: number, name = 'v') => Array.from({ length: count }, (_, i) => `${name}${i}`)

/** A topic of 12 records in three publishes, over two segments. */
async function topicOf(owner: string | null = null) {
  const directory = temporaryDirectory()
  const topic = await OutputTopic.open(directory, 't', { partitions: 1, owner, segmentBytes: 300 })
  await topic.recover([0n])
  for (let i = 0; i < 3; i++) await topic.append(0, numbered(4, 'v', i * 4))
  await topic.close()
  const partition = join(directory, 't/partition=0')
  return { directory, partition, mark: join(partition, '.published') }
}

const read = async (directory: string) => await allValues(await DirectoryLog.open(directory), 't')

async function append(directory: string, value = 'next'): Promise<void> {
  const topic = await OutputTopic.openForAppend(directory, 't', 1)
  try {
    await topic.append(0, [record(value)])
  } finally {
    await topic.close()
  }
}

const bytesOf = (partition: string) =>
  Object.fromEntries(
    readdirSync(partition)
      .filter(name => name.endsWith('.log'))
      .map(name => [name, readFileSync(join(partition, name), 'hex')]),
  )

function flip(path: string, ...bits: number[]): void {
  const bytes = readFileSync(path)
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
  writeFileSync(path, bytes)
}

test('a flipped bit anywhere in the mark changes nothing', async () => {
  const { directory, partition, mark } = await topicOf()
  const whole = readFileSync(mark)
  expect(whole.length).toBe(2048)
  for (let bit = 0; bit < whole.length * 8; bit += bit % 4096 < 320 ? 1 : 97) {
    flip(mark, bit)
    expect((await readPublished(place, partition))?.published.end, `bit ${bit}`).toBe(12n)
    writeFileSync(mark, whole)
  }
  for (let copy = 0; copy < 4; copy++) {
    flip(mark, copy * 4096 + 77)
    await append(directory, `n${copy}`)
    expect(await read(directory)).toEqual([...values(12), ...values(copy + 1, 'n')])
    expect((await readPublished(place, partition))?.whole).toBe(true)
  }
})

test('a slot that is damaged in both copies stops readers and writers, and nothing is cut off', async () => {
  for (const slot of [0, 1]) {
    const { directory, partition, mark } = await topicOf()
    const segments = bytesOf(partition)
    flip(mark, slot * 8192 + 100, slot * 8192 + 4096 + 211)
    for (const action of [() => read(directory), () => append(directory)]) {
      const failure = await failureOf(action)
      expect(failure).toMatchObject({ code: 'bad-crc', exitCode: 5, where: { topic: 't', partition: 0, path: mark } })
      expect(failure.hint).toContain(`lyrebird repair t --log ${directory}`)
    }
    expect(bytesOf(partition)).toEqual(segments)
    expect(await repairTopic(directory, 't')).toEqual([{ partition: 0, repaired: true, end: 12n, cutOff: 0 }])
    expect(await read(directory)).toEqual(values(12))
    await append(directory)
    expect(await read(directory)).toEqual([...values(12), 'next'])
    expect(await repairTopic(directory, 't')).toEqual([{ partition: 0, repaired: false, end: 13n, cutOff: 0 }])
  }
})

test('a mark of any other length, or none, is in doubt', async () => {
  const { directory, partition, mark } = await topicOf()
  const whole = readFileSync(mark)
  const segments = bytesOf(partition)
  for (const size of [...Array.from({ length: 79 }, (_, i) => i * 26), 512, 1024, 1536, 2047, 2049]) {
    writeFileSync(mark, Buffer.concat([whole, whole]).subarray(0, size))
    expect(await codeOf(() => readPublished(place, partition)), `${size} bytes`).toBe('bad-crc')
  }
  expect(await codeOf(() => append(directory))).toBe('bad-crc')
  rmSync(mark)
  expect(await codeOf(() => read(directory))).toBe('truncated')
  expect(await codeOf(() => append(directory))).toBe('truncated')
  expect(bytesOf(partition)).toEqual(segments)
  await repairTopic(directory, 't')
  expect(await read(directory)).toEqual(values(12))
})

test('a torn write of the mark is the position before or after it', async () => {
  const { partition, mark } = await topicOf()
  const before = readFileSync(mark)
  const { published } = (await readPublished(place, partition)) ?? {}
  const handle = await open(mark, 'r+')
  await writePublished(handle, { ...published, end: 20n, sequence: 4n } as never)
  await handle.close()
  const after = readFileSync(mark)
  for (let sectors = 0; sectors < 16; sectors++) {
    const torn = Buffer.from(before)
    for (let i = 0; i < 4; i++) if (sectors & (1 << i)) after.copy(torn, i * 512, i * 512, (i + 1) * 512)
    writeFileSync(mark, torn)
    expect([12n, 20n]).toContain((await readPublished(place, partition))?.published.end)
  }
})

/** The form of before: two slots of one copy each. */
function oldForm(marks: readonly { sequence: number; end: number; start: number; bytes: number }[]): Buffer {
  const file = Buffer.alloc(1024)
  for (const { sequence, end, start, bytes } of marks) {
    const slot = file.subarray((sequence % 2) * 512)
    slot.writeUInt32BE(0x4c594250, 0)
    for (const [i, n] of [sequence, end, start, bytes].entries()) slot.writeBigUInt64BE(BigInt(n), 4 + i * 8)
    slot.writeUInt32BE(crc32c(slot.subarray(0, 36)), 36)
  }
  return file
}

test('the older form is read, damage of it stops the run, and the next writer replaces it', async () => {
  const { directory, partition, mark } = await topicOf()
  const { published } = (await readPublished(place, partition)) ?? { published: null }
  const last = { end: 12, start: Number(published?.segmentStart), bytes: published?.segmentBytes ?? 0 }
  const old = oldForm([
    { sequence: 3, ...last },
    { sequence: 2, ...last, end: 8 },
  ])
  writeFileSync(mark, old)
  expect(await read(directory)).toEqual(values(12))
  for (const damage of [600 * 8, 520 * 8 + 3, 5 * 8]) {
    flip(mark, damage)
    if (damage < 600 * 8) expect(await codeOf(() => append(directory)), `bit ${damage}`).toBe('bad-crc')
    else expect(await read(directory)).toEqual(values(12))
    writeFileSync(mark, old)
  }
  truncateSync(mark, 512)
  expect(await codeOf(() => read(directory))).toBe('bad-crc')
  writeFileSync(mark, old)
  await append(directory)
  expect(await read(directory)).toEqual([...values(12), 'next'])
  expect(readFileSync(mark).length).toBe(2048)
  writeFileSync(mark, oldForm([{ sequence: 0, end: 0, start: 0, bytes: 0 }]))
  expect(await read(directory)).toEqual([])
})

test('repair refuses where records are missing or damaged, and keeps what was cut off for the next writer', async () => {
  const torn = Buffer.from(encodeBatch(12n, numbered(3, 'torn')))
  const cut = await topicOf()
  const newest = () => join(cut.partition, Object.keys(bytesOf(cut.partition)).sort().at(-1) as string)
  writeFileSync(newest(), Buffer.concat([readFileSync(newest()), torn.subarray(0, 70)]))
  rmSync(cut.mark)
  expect(await repairTopic(cut.directory, 't')).toEqual([{ partition: 0, repaired: true, end: 12n, cutOff: 70 }])
  await append(cut.directory)
  expect(await read(cut.directory)).toEqual([...values(12), 'next'])

  const short = await topicOf()
  const last = join(short.partition, Object.keys(bytesOf(short.partition)).sort().at(-1) as string)
  truncateSync(last, readFileSync(last).length - 1)
  flip(short.mark, 100, 4196)
  expect(await codeOf(() => repairTopic(short.directory, 't'))).toBe('truncated')

  const damaged = await topicOf()
  for (const name of Object.keys(bytesOf(damaged.partition))) {
    const path = join(damaged.partition, name)
    flip(path, 90 * 8)
    rmSync(damaged.mark, { force: true })
    expect(['bad-crc', 'log-gap']).toContain(await codeOf(() => repairTopic(damaged.directory, 't')))
    expect(existsSync(damaged.mark)).toBe(false)
    flip(path, 90 * 8)
  }
  const output = await topicOf('a state')
  expect(await codeOf(() => repairTopic(output.directory, 't'))).toBe('topic-owned')
  expect(await codeOf(() => repairTopic(output.directory, 'none'))).toBe('unknown-topic')
})

test('the output of a job is put right by the count of its state, which must be all that there is', async () => {
  const { directory, partition, mark } = await topicOf('me')
  const segments = bytesOf(partition)
  flip(mark, 100, 4196)
  const recover = async (position: bigint) => {
    const topic = await OutputTopic.open(directory, 't', { partitions: 1, owner: 'me' })
    try {
      await topic.recover([position])
    } finally {
      await topic.close()
    }
  }
  for (const position of [8n, 0n, 13n]) expect(await codeOf(() => recover(position))).toBe('bad-crc')
  expect(bytesOf(partition)).toEqual(segments)
  await recover(12n)
  expect(await read(directory)).toEqual(values(12))
})

test('a writer that takes over from one that may live still: a late write has no effect', async () => {
  const { directory, partition, mark } = await topicOf()
  const late = await openPublished(partition)
  const segment = join(partition, Object.keys(bytesOf(partition)).sort().at(-1) as string)
  const lateSegment = await open(segment, 'r+')
  const { size } = await lateSegment.stat()
  // A holder of another container, on a file system without sockets.
  const first = await OutputTopic.openForAppend(directory, 't', 1)
  const lock = join(partition, '.lock')
  const holder = JSON.parse(readFileSync(lock, 'utf8'))
  renameSync(lock, `${lock}-gone`)
  writeFileSync(lock, JSON.stringify({ ...holder, socket: false, pidNamespace: 'pid:[1]' }))
  const second = await OutputTopic.openForAppend(directory, 't', 1, { silenceMs: 100 })
  await second.append(0, numbered(3, 'n'))
  await writePublished(late, { end: 99n, segmentStart: 0n, segmentBytes: 1, sequence: 99n })
  await lateSegment.write(Buffer.from(encodeBatch(12n, numbered(3, 'late'))), 0, 60, size)
  expect(await codeOf(() => first.append(0, [record('mine')]))).toBe('stale-owner')
  await second.append(0, numbered(1, 'o'))
  expect(await read(directory)).toEqual([...values(12), ...values(3, 'n'), 'o0'])
  for (const close of [() => first.close(), () => second.close(), () => late.close(), () => lateSegment.close()]) {
    await close()
  }
  await renewPublished(partition, (await readPublished(place, partition))?.published as never)
  expect(readFileSync(mark).length).toBe(2048)
  expect(await read(directory)).toHaveLength(16)
})

test('the file of a topic: each flipped bit and each cut stops, or changes nothing', async () => {
  const { directory } = await topicOf('an owner')
  const path = join(directory, 't/.topic')
  const whole = readFileSync(path)
  const id = await (await DirectoryLog.open(directory)).topicId('t')
  for (let bit = 0; bit < whole.length * 8; bit++) {
    flip(path, bit)
    const failure = await failureOf(async () => {
      expect(await (await DirectoryLog.open(directory)).topicId('t')).toBe(id)
      throw await failureOf(() => OutputTopic.open(directory, 't', { partitions: 1, owner: 'another' }))
    })
    expect(['bad-batch', 'topic-owned'], `bit ${bit}`).toContain(failure.code)
    writeFileSync(path, whole)
  }
  for (let size = 0; size < whole.length - 1; size++) {
    truncateSync(path, size)
    expect(await codeOf(() => read(directory))).toBe('bad-batch')
    writeFileSync(path, whole)
  }
  rmSync(path)
  expect(await codeOf(() => read(directory))).toBe('bad-batch')
  expect(await codeOf(() => append(directory))).toBe('bad-batch')
  writeFileSync(path, `${JSON.stringify({ format: 1, id, partitions: 1, owner: null })}\n`)
  await append(directory)
  expect(await read(directory)).toHaveLength(13)
})
