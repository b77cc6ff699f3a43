// A disk that gives back other bytes than were written to a temporary file.

import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync, writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { BlockFile } from '../../../store/spill/block-file.ts'
import { RowQueue } from '../../../store/spill/row-queue.ts'
import { newRowSorter } from '../../../store/spill/row-sorter.ts'
import { SortingMemory } from '../../../store/spill/sorting-memory.ts'
import { testFolder } from '../../run/support/folder.ts'

/** Flips a bit of the unlinked file that this process has open in a folder. */
function flipIn(folder: string): void {
  const open = readdirSync('/proc/self/fd').filter(fd => linkOf(fd).startsWith(`${folder}/lyrebird-spill-`))
  expect(open).toHaveLength(1)
  const path = `/proc/self/fd/${open[0]}`
  const at = Math.floor(statSync(path).size / 2)
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  writeSync(file, Buffer.of((byte[0] as number) ^ 4), 0, 1, at)
  closeSync(file)
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}

const failed = expect.objectContaining({ code: 'disk-failed', exitCode: 1 })
const value = new Uint8Array(100_000).fill(7)

it.runIf(process.platform === 'linux')('is noticed by a queue', () => {
  const folder = testFolder()
  const queue = new RowQueue(folder, 1 << 20)
  for (let i = 0; i < 40; i++) queue.add(Uint8Array.of(i), value)
  expect([...queue.changes()]).toHaveLength(40)
  flipIn(folder)
  expect(() => [...queue.changes()]).toThrow(failed)
  queue.dispose()
})

it.runIf(process.platform === 'linux')('is noticed by blocks, also those of another owner', () => {
  const folder = testFolder()
  const first = new BlockFile(folder)
  for (let i = 0; i < 11; i++) first.add(value.fill(i))
  const blocks = new BlockFile(folder, first.handOver())
  const read = (number: number): number => {
    const into = new Uint8Array(value.length)
    blocks.read(number, into)
    return into[7] as number
  }
  expect([read(5), read(10), blocks.count, first.count]).toEqual([5, 10, 11, 0])
  flipIn(folder)
  expect(read(4)).toBe(4)
  expect(() => read(5)).toThrow(failed)
  blocks.dispose()
})

it.runIf(process.platform === 'linux')('is noticed by a sorter', () => {
  const folder = testFolder()
  const sorter = newRowSorter({ dir: folder, memory: new SortingMemory(2_000_000) })
  for (let i = 0; i < 30; i++) sorter.add(Uint8Array.of(i), value)
  expect([...sorter.sorted()]).toHaveLength(30)
  flipIn(folder)
  expect(() => [...sorter.sorted()]).toThrow(failed)
  sorter.dispose()
})
