// The root record of a state: format, owner, each document with its checksum, each table with its runs.
//
// Promises: it changes in the transaction of the commit, so that anything that lmdb loses or damages is noticed. The
// first twelve bytes keep their meaning in every format: `LYRE`, format, CRC-32 of the format and of all that follows
// it.
// Not here: reading and writing it (`reader.ts`, `writer.ts`).

import { crc32 } from 'node:zlib'
import { LyrebirdError } from '../core/errors.ts'
import { ByteReader, ByteWriter } from '../core/values/bytes.ts'
import { decodeValue, encodeValue } from '../core/values/canonical.ts'
import type { ProcessIdentity } from '../host/process-identity.ts'
import type { SortedRunInfo } from './runs/sorted-run.ts'

/** Format of state directories that is written. Lower ones are read, higher ones refused. */
const STORE_FORMAT = 1
const MAGIC = 0x4c595245

export interface Root {
  /** The transaction that wrote this record; absent in records of older versions. */
  readonly transaction?: number
  readonly epoch: number
  readonly owner: ProcessIdentity | null
  /** Number of the next run; never used twice. */
  readonly nextRun: number
  /** Checksum of each document. */
  readonly documents: ReadonlyMap<string, number>
  /** Runs of each table, newest first. */
  readonly tables: ReadonlyMap<string, readonly SortedRunInfo[]>
}

/**
 * In place of the name of a table: runs that belong to none yet. The next commit gives them to tables, or deletes them.
 */
export const STAGED = '\0staged'

export const EMPTY_ROOT: Root = { epoch: 0, owner: null, nextRun: 1, documents: new Map(), tables: new Map() }

type StoredRun = readonly [id: number, blocks: number, rows: number, bytes: number]

export function encodeRoot(root: Root, format = STORE_FORMAT): Uint8Array {
  const w = new ByteWriter(1024)
  w.u32(MAGIC)
  w.u32(format)
  w.u32(0)
  const tables = [...root.tables].map(([name, runs]) => [name, runs.map(r => [r.id, r.blocks, r.rows, r.bytes])])
  encodeValue(w, { ...root, documents: [...root.documents], tables })
  const bytes = w.take()
  new DataView(bytes.buffer).setUint32(8, rootChecksum(bytes))
  return bytes
}

/** Throws `state-corrupt` and `state-too-new`. */
export function decodeRoot(bytes: Uint8Array, dir: string): Root {
  const r = new ByteReader(bytes)
  if (bytes.length < 12 || r.u32() !== MAGIC) throw corrupt(dir, 'its root record is not one of lyrebird')
  const format = r.u32()
  if (r.u32() !== rootChecksum(bytes)) throw corrupt(dir, 'the checksum of its root record does not match')
  if (format > STORE_FORMAT) throw tooNew(dir, format)
  const stored = decodeValue(r) as unknown as Omit<Root, 'documents' | 'tables'> & {
    documents: readonly (readonly [string, number])[]
    tables: readonly (readonly [string, readonly StoredRun[]])[]
  }
  const tables = stored.tables.map(
    ([name, runs]) => [name, runs.map(([id, blocks, rows, size]) => ({ id, blocks, rows, bytes: size }))] as const,
  )
  return { ...stored, documents: new Map(stored.documents), tables: new Map(tables) }
}

/** The failure of a damaged state. `why` continues "the state in DIR is damaged:". */
export function corrupt(dir: string, why: string, cause?: unknown): LyrebirdError {
  return new LyrebirdError('state-corrupt', `the state in ${dir} is damaged: ${why}`, {
    where: { state: dir },
    hint: 'put the directory aside and compute it anew from the log: lyrebird batch JOB.ts --log LOG --state NEW-DIR',
    cause,
  })
}

function tooNew(dir: string, format: number): LyrebirdError {
  return new LyrebirdError(
    'state-too-new',
    `the state in ${dir} has format ${format}; this version of lyrebird reads formats up to ${STORE_FORMAT}`,
    {
      where: { state: dir, format },
      hint: 'use the newer version of lyrebird, or compute the state anew into another directory',
    },
  )
}

/** Covers the format and all that follows the checksum. */
const rootChecksum = (bytes: Uint8Array): number => crc32(bytes.subarray(12), crc32(bytes.subarray(0, 8)))
