// A log on a full disk, and with too few files to open: a typed failure, and nothing that was acknowledged is lost.
//
// The disk is a small tmpfs where this may mount one, else a limit on the size of files.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { temporaryDirectory } from '../logs/support/directories.ts'
import { allValues } from '../logs/support/read-log.ts'
import { record } from '../logs/support/records.ts'
import { program, start } from '../support/child.ts'

/** Appends records of 10 kB until one fails or `most` are there; prints how it ended and how many were acknowledged. */
const fill = program(`
  import { OutputTopic } from './logs/embedded/output-topic.ts'
  const [log, partitions, most] = process.argv.slice(2)
  let count = 0
  try {
    const topic = await OutputTopic.openForAppend(log, 't', Number(partitions), { segmentBytes: 100_000 })
    for (; count < Number(most); count++) {
      await topic.append(0, [{ timestamp: 0, key: null, value: Buffer.alloc(10_000, 'x'), headers: [] }])
    }
    await topic.close()
    console.log('done', count)
  } catch (e) {
    console.log(e.code, e.exitCode ?? e.stack, count)
  }
`)

/** What it printed, once it has ended: until then it holds its locks. */
async function outcome(log: string, partitions: number, most: number, shell?: string) {
  const child = start(fill, [log, String(partitions), String(most)], shell)
  const line = await child.line()
  await child.ended
  return line
}

function smallDisk(): string | null {
  const path = temporaryDirectory()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status !== 0) return null
  onTestFinished(() => void spawnSync('umount', ['-l', path]))
  return path
}

const countOf = async (log: string) => (await allValues(await DirectoryLog.open(log), 't')).length

test('a full disk: what was acknowledged is there, and appending goes on once there is room', async () => {
  const disk = smallDisk()
  console.log(disk === null ? 'by a limit on file sizes' : 'on a tmpfs of 1 MB')
  const log = join(disk ?? temporaryDirectory(), 'log')
  const shell = disk === null ? `ulimit -f 60; trap '' XFSZ` : undefined
  const [, code, exit, count] = /^(\S+) (\d+) (\d+)$/.exec((await outcome(log, 1, 1000, shell)) ?? '') ?? []
  expect([code, exit]).toEqual(['disk-full', '1'])
  expect(await countOf(log)).toBe(Number(count))
  // Opening it again meets the full disk in recover, or goes on; either way nothing is lost.
  expect(await outcome(log, 1, 1000, shell)).toMatch(/^disk-full 1 /)
  const kept = await countOf(log)
  expect(kept).toBeGreaterThanOrEqual(Number(count))
  if (disk !== null) spawnSync('mount', ['-o', 'remount,size=8m', disk])
  const topic = await OutputTopic.openForAppend(log, 't', 1)
  await topic.append(0, [record('next')])
  await topic.close()
  expect(await countOf(log)).toBe(kept + 1)
}, 60_000)

test('too few files to open: told as a limit, and nothing is lost', async () => {
  const log = join(temporaryDirectory(), 'log')
  expect(await outcome(log, 40, 3)).toBe('done 3')
  expect(await outcome(log, 40, 3, 'ulimit -n 60')).toBe('system-limit 1 0')
  expect(await countOf(log)).toBe(3)
  expect(await outcome(log, 40, 1)).toBe('done 1')
}, 60_000)
