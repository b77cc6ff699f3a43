// How far a partition of the embedded log is published: a file of two slots; the newer undamaged one counts.
//
// Promises: a reader sees the position before a publish or the one after it, never a torn one: slots are written in
// turn, each with a sequence number and a checksum, each within a sector of its own.
// Not here: that bytes are on disk before they are published (`embedded-writer.ts`).

import { constants } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { crc32c } from '@node-rs/crc32'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'
import { viewOf } from '../record-batch/batch-header.ts'

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

const NOTHING_PUBLISHED: Published = { end: 0n, segmentStart: 0n, segmentBytes: 0, sequence: 0n }

const MAGIC = 0x4c594250 // "LYBP"
const SECTOR_BYTES = 512
const SLOT_BYTES = 40
const CRC_AT = 36

/**
 * The published end; null where there is no such file, so that this is no partition of the embedded log. Throws
 * `bad-crc`.
 */
export async function readPublished(path: string): Promise<Published | null> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') return null
    throw fileFailure(path, e)
  }
  const slots = [readSlot(bytes, 0), readSlot(bytes, SECTOR_BYTES)].filter(slot => slot !== null)
  if (slots.length === 0) {
    throw new LyrebirdError('bad-crc', `${path} is damaged: neither of its positions is whole`, {
      where: { path },
      hint: 'restore the file from a copy; without it nobody knows how far the partition was published',
    })
  }
  return slots.reduce((a, b) => (b.sequence > a.sequence ? b : a))
}

/** Opens the file for its only writer. */
export async function openPublished(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  } catch (e) {
    throw fileFailure(path, e)
  }
}

/** The whole file of a new partition. */
export function firstPublished(): Uint8Array {
  const bytes = new Uint8Array(SECTOR_BYTES * 2)
  bytes.set(slotOf(NOTHING_PUBLISHED))
  return bytes
}

export async function writePublished(handle: FileHandle, published: Published): Promise<void> {
  const at = Number(published.sequence % 2n) * SECTOR_BYTES
  await handle.write(slotOf(published), 0, SLOT_BYTES, at)
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

function readSlot(file: Uint8Array, at: number): Published | null {
  if (file.length < at + SLOT_BYTES) return null
  const bytes = file.subarray(at, at + SLOT_BYTES)
  const view = viewOf(bytes)
  if (view.getUint32(0) !== MAGIC || view.getUint32(CRC_AT) !== crc32c(bytes.subarray(0, CRC_AT))) return null
  return {
    sequence: view.getBigUint64(4),
    end: view.getBigUint64(12),
    segmentStart: view.getBigUint64(20),
    segmentBytes: Number(view.getBigUint64(28)),
  }
}
