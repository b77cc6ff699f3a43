// How far a partition of the embedded log is published: a mark in a small file of two slots, each written twice.
//
// Promises: a reader sees the position before a publish or the one after it, never a torn one: publishes take the slots
// in turn, and each copy of a slot lies within a sector of its own, which disks write whole. So a slot always has a
// whole copy, unless the file was damaged; one damaged copy changes nothing, and where both are, or the length is
// another, the mark is in doubt (`bad-crc`): that slot may have been the newer one, and the older never counts in its
// place.
// Not here: that bytes are on disk before they are published (`embedded-writer.ts`), and finding the end anew
// (`whole-end.ts`).

import { constants } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32c } from '@node-rs/crc32'
import { type FailureCode, isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'
import type { Place } from '../record-batch/batch-failure.ts'
import { viewOf } from '../record-batch/batch-header.ts'
import { syncDirectory } from './sync-directory.ts'

export const PUBLISHED_FILE = '.published'

/** The published end of a partition. */
export interface Published {
  /** Exclusive end: readers go no further. */
  readonly end: bigint
  /** The segment that holds the end, and how many of its bytes are published. */
  readonly segmentStart: bigint
  readonly segmentBytes: number
  readonly sequence: bigint
}

export interface FoundMark {
  readonly published: Published
  /** False where a copy is damaged, a write was torn, or the file has the older form: it is to be written anew. */
  readonly whole: boolean
}

export const NOTHING_PUBLISHED: Published = { end: 0n, segmentStart: 0n, segmentBytes: 0, sequence: 0n }

const MAGIC = 0x4c59424d // "LYBM"
const SECTOR_BYTES = 512
/** The two copies of a slot. */
const PAIR_BYTES = 2 * SECTOR_BYTES
const FILE_BYTES = 2 * PAIR_BYTES
const SLOT_BYTES = 40
const CRC_AT = 36

/** The older form has one copy of each slot, and the second is empty until the first publish. */
const OLD_MAGIC = 0x4c594250 // "LYBP"
const OLD_FILE_BYTES = 2 * SECTOR_BYTES

/** A reader may meet both copies of a slot while they are being written: so often it looks again, after so many ms. */
const LOOKS = 5
const LOOK_MS = 3

/**
 * The published end; null where there is no such file, so that this is no partition of the embedded log. Throws
 * `bad-crc` where the mark is in doubt.
 */
export async function readPublished(place: Place, directory: string): Promise<FoundMark | null> {
  const path = join(directory, PUBLISHED_FILE)
  for (let look = 1; ; look++) {
    let bytes: Buffer
    try {
      bytes = await readFile(path)
    } catch (e) {
      if ((e as { code?: unknown }).code === 'ENOENT') return null
      throw fileFailure(path, e)
    }
    const mark = bytes.length === OLD_FILE_BYTES ? oldMark(bytes) : markOf(bytes)
    if (mark !== null) return mark
    if (look === LOOKS) throw inDoubt('bad-crc', place, directory, 'is damaged')
    await sleep(LOOK_MS)
  }
}

/** The failure of a partition of the embedded log that has no such file. */
export function missingMark(place: Place, directory: string): LyrebirdError {
  return inDoubt('truncated', place, directory, 'is missing')
}

/** For `catch`: the failure of a damaged mark as a value; everything else is thrown on. */
export function doubtOf(e: unknown): LyrebirdError {
  if (isLyrebirdError(e) && e.code === 'bad-crc') return e
  throw e
}

function inDoubt(code: FailureCode, { topic, partition }: Place, directory: string, what: string): LyrebirdError {
  const path = join(directory, PUBLISHED_FILE)
  const message = `${topic}/${partition}: ${path} ${what}, and nobody knows how far the partition was published`
  const repair = `lyrebird repair ${topic} --log ${dirname(dirname(directory))}`
  return new LyrebirdError(code, message, {
    where: { topic, partition, path },
    hint: `find the end anew from the records themselves: ${repair}; for the output of a job run the job again`,
  })
}

/** What every copy holds that is whole: for messages, and as a lower bound. */
export async function wholeCopies(directory: string): Promise<readonly Published[]> {
  const bytes = await readFile(join(directory, PUBLISHED_FILE)).catch(() => new Uint8Array(0))
  const copies: (Published | null)[] = []
  for (let at = 0; at < FILE_BYTES; at += SECTOR_BYTES) {
    copies.push(readSlot(bytes, at, MAGIC), readSlot(bytes, at, OLD_MAGIC))
  }
  return copies.filter(copy => copy !== null)
}

/** Opens the file for its only writer. */
export async function openPublished(directory: string): Promise<FileHandle> {
  const path = join(directory, PUBLISHED_FILE)
  try {
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  } catch (e) {
    throw fileFailure(path, e)
  }
}

/** The whole file with one mark in all its copies. */
export function publishedFile(published: Published = NOTHING_PUBLISHED): Uint8Array {
  const bytes = new Uint8Array(FILE_BYTES)
  const slot = slotOf(published)
  for (let at = 0; at < FILE_BYTES; at += SECTOR_BYTES) bytes.set(slot, at)
  return bytes
}

/**
 * Puts a new file in the place of the old one, durable on return. A process that still has the old one open writes
 * where nobody reads.
 */
export async function renewPublished(directory: string, published: Published): Promise<void> {
  const path = join(directory, PUBLISHED_FILE)
  const making = `${path}-new`
  try {
    await rm(making, { force: true })
    await writeFile(making, publishedFile(published), { flush: true, flag: 'wx' })
    await rename(making, path)
    await syncDirectory(directory)
  } catch (e) {
    throw fileFailure(path, e)
  }
}

export async function writePublished(handle: FileHandle, published: Published): Promise<void> {
  const pair = new Uint8Array(PAIR_BYTES)
  const slot = slotOf(published)
  pair.set(slot)
  pair.set(slot, SECTOR_BYTES)
  const at = Number(published.sequence % 2n) * PAIR_BYTES
  for (let written = 0; written < PAIR_BYTES; ) {
    written += (await handle.write(pair, written, PAIR_BYTES - written, at + written)).bytesWritten
  }
}

function slotOf(published: Published): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES)
  const view = viewOf(bytes)
  view.setUint32(0, MAGIC)
  view.setBigUint64(4, published.sequence)
  view.setBigUint64(12, published.end)
  view.setBigUint64(20, published.segmentStart)
  view.setBigUint64(28, BigInt(published.segmentBytes))
  view.setUint32(CRC_AT, crc32c(bytes.subarray(0, CRC_AT)))
  return bytes
}

const newer = (a: Published, b: Published): Published => (b.sequence > a.sequence ? b : a)

/** Null where the mark is in doubt. */
function markOf(file: Uint8Array): FoundMark | null {
  if (file.length !== FILE_BYTES) return null
  const slots = [0, PAIR_BYTES].map(at => {
    const copies = [at, at + SECTOR_BYTES].map(copy => readSlot(file, copy, MAGIC))
    const whole = copies.filter(copy => copy !== null)
    if (whole.length === 0) return null
    const equal = copies.every(copy => copy?.sequence === whole[0]?.sequence)
    return { published: whole.reduce(newer), whole: equal }
  })
  const [first, second] = slots
  if (first == null || second == null) return null
  return { published: newer(first.published, second.published), whole: first.whole && second.whole }
}

function oldMark(file: Uint8Array): FoundMark | null {
  const first = readSlot(file, 0, OLD_MAGIC)
  const second = readSlot(file, SECTOR_BYTES, OLD_MAGIC)
  if (first !== null && second !== null) return { published: newer(first, second), whole: false }
  const unused = file.subarray(SECTOR_BYTES, SECTOR_BYTES + SLOT_BYTES).every(byte => byte === 0)
  return first?.sequence === 0n && unused ? { published: first, whole: false } : null
}

function readSlot(file: Uint8Array, at: number, magic: number): Published | null {
  if (file.length < at + SLOT_BYTES) return null
  const bytes = file.subarray(at, at + SLOT_BYTES)
  const view = viewOf(bytes)
  if (view.getUint32(0) !== magic || view.getUint32(CRC_AT) !== crc32c(bytes.subarray(0, CRC_AT))) return null
  return {
    sequence: view.getBigUint64(4),
    end: view.getBigUint64(12),
    segmentStart: view.getBigUint64(20),
    segmentBytes: Number(view.getBigUint64(28)),
  }
}
