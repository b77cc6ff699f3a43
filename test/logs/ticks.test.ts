// Ticks into an embedded log: one partition, all of them, and where none may go.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { Tick } from '../../logs/tick.ts'
import { openTickWriter, writeTicks } from '../../logs/ticks.ts'
import { testFolder } from '../run/support/folder.ts'

const tick = (topic: string, partition: number | null, time = 5000): Tick => ({ topic, partition, time, isNow: false })

async function logWith(topic: string, owner: string | null): Promise<string> {
  const folder = testFolder()
  const output = await OutputTopic.open(folder, topic, { partitions: 3, owner })
  await output.recover()
  await output.append(0, [{ timestamp: 1, key: null, value: Buffer.from('{}'), headers: [] }])
  await output.close()
  return folder
}

/** `partition:offset time` of all ticks; everything else is left out. */
async function ticksOf(folder: string, topic: string): Promise<string[]> {
  const log = await DirectoryLog.open(folder)
  const found: string[] = []
  for (const { partition, start, end } of await log.partitions(topic)) {
    for await (const chunk of log.read(topic, partition, start, end)) {
      for (let i = 0; i < chunk.count; i++) {
        if (chunk.ticks?.[i] === 1) found.push(`${partition}:${chunk.baseOffset + BigInt(i)} ${chunk.timestamps?.[i]}`)
      }
    }
  }
  await log.close()
  return found
}

describe('a tick', () => {
  it('goes into one partition, or into all', async () => {
    const folder = await logWith('t', null)
    expect(await writeTicks(folder, [tick('t', 0, 7)])).toEqual([{ topic: 't', partition: 0, offset: 1n, time: 7 }])
    expect(await ticksOf(folder, 't')).toEqual(['0:1 7'])
    await writeTicks(folder, [tick('t', null, 8), tick('t', 2, 9)])
    expect(await ticksOf(folder, 't')).toEqual(['0:1 7', '0:2 8', '1:0 8', '2:0 8', '2:1 9'])
  })

  it('makes nothing: topic and partition must be there', async () => {
    const folder = await logWith('t', null)
    await expect(writeTicks(folder, [tick('other', 0)])).rejects.toMatchObject({ code: 'unknown-topic' })
    await expect(writeTicks(folder, [tick('t', 3)])).rejects.toMatchObject({ code: 'unknown-topic' })
    await expect(writeTicks(join(folder, 'nowhere'), [tick('t', 0)])).rejects.toMatchObject({ code: 'usage' })
    expect(await ticksOf(folder, 't')).toEqual([])
  })

  it('goes into no output, no files and no copied segments', async () => {
    const owned = await logWith('t', 'some state')
    const files = testFolder()
    mkdirSync(join(files, 't', 'partition=0'), { recursive: true })
    writeFileSync(join(files, 't', 'partition=0', 't+0+0000000000.json'), '{}\n')
    const copied = testFolder()
    mkdirSync(join(copied, 't-0'))
    const segment = '00000000000000000000.log'
    cpSync(join(await logWith('t', null), 't', 'partition=0', segment), join(copied, 't-0', segment))
    for (const folder of [owned, files, copied]) {
      await expect(writeTicks(folder, [tick('t', 0)])).rejects.toMatchObject({ code: 'not-appendable', exitCode: 2 })
    }
  })

  it('of a run goes to the end that was seen, and nowhere else', async () => {
    const folder = await logWith('t', null)
    const writer = await openTickWriter(folder)
    const at = { topic: 't', partition: 0, time: 7, stampable: false }
    expect(await writer.write({ ...at, end: 0n })).toBeNull()
    expect(await writer.write({ ...at, end: 1n })).toBe(1n)
    expect(await writer.write({ ...at, end: 1n })).toBeNull()
    await writer.close()
    expect(await ticksOf(folder, 't')).toEqual(['0:1 7'])
  })

  // It would be tried for ten seconds.
  it('waits for no broker once the run ends', { timeout: 8_000 }, async () => {
    const writer = await openTickWriter('kafka://127.0.0.1:9')
    const writing = writer.write({ topic: 't', partition: 0, time: 7, end: 0n, stampable: false })
    const failure = expect(writing).rejects.toMatchObject({ exitCode: 4 })
    await writer.close()
    await failure
  })
})
