// How the rows of a topic of the embedded log are laid out, range by range: what `append` found in the headers of CSV
// files.
//
// Promises: the file is replaced as a whole, before the records that it speaks of are published; one that is damaged or
// has been lost is `bad-batch`. Records before the first range, and topics that never had such a file, have no layout.
// Not here: what a layout means (`core/decode/csv.ts`).

import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { LyrebirdError } from '../../core/errors.ts'
import type { RowDialect, RowLayout } from '../../core/log/row-layout.ts'
import { fileFailure } from '../file-failures.ts'
import { syncDirectory } from './sync-directory.ts'
import { noteRows, readTopicFile } from './topic-file.ts'

const LAYOUTS_FILE = '.rows'

/** From these offsets on, one a partition; `layout` is null for records that are no rows. */
export interface LayoutRange {
  readonly from: readonly bigint[]
  readonly layout: RowLayout | null
}

interface StoredRange extends RowDialect {
  readonly from: readonly string[]
  readonly columns: readonly string[] | null
}

/** The ranges of a topic in ascending order; none where nothing was kept. Throws `bad-batch`. */
export async function readLayouts(directory: string, topic: string): Promise<readonly LayoutRange[]> {
  const path = join(directory, topic, LAYOUTS_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    if (!isMissing(e)) throw fileFailure(path, e)
    if ((await readTopicFile(directory, topic))?.rows !== true) return []
    throw unknownLayout(topic, path, 'is missing')
  }
  const stored = parse(text)
  if (stored !== null) return stored.map(range => rangeOf(topic, range))
  throw unknownLayout(topic, path, 'is damaged')
}

function unknownLayout(topic: string, path: string, what: string): LyrebirdError {
  return new LyrebirdError('bad-batch', `${path} ${what}: it says how the rows of topic ${topic} are laid out`, {
    where: { topic, path },
    hint: 'restore the file from a copy; without it nobody knows which column is which',
  })
}

/** Replaces the ranges of a topic. Call it while the partitions are locked, before the records are published. */
export async function writeLayouts(directory: string, topic: string, ranges: readonly LayoutRange[]): Promise<void> {
  const path = join(directory, topic, LAYOUTS_FILE)
  const fresh = `${path}.${process.pid}`
  const stored = ranges.map(({ from, layout }) => {
    const { columns = null, delimiter = '', quote = '', escapedBy = '' } = layout ?? {}
    return { from: from.map(String), columns, delimiter, quote, escapedBy }
  })
  const body = JSON.stringify({ format: 1, ranges: stored })
  try {
    await writeFile(fresh, `${body}\n${checksum(body)}\n`, { flush: true })
    await rename(fresh, path)
    await syncDirectory(join(directory, topic))
  } catch (e) {
    await rm(fresh, { force: true })
    throw fileFailure(path, e)
  }
  await noteRows(directory, topic)
}

/** What changes whenever the file is replaced; empty where there is none. */
export async function layoutsVersion(directory: string, topic: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(join(directory, topic, LAYOUTS_FILE))
    return `${ino} ${size} ${mtimeMs}`
  } catch (e) {
    if (isMissing(e)) return ''
    throw fileFailure(join(directory, topic, LAYOUTS_FILE), e)
  }
}

function rangeOf(topic: string, { from, columns, delimiter, quote, escapedBy }: StoredRange): LayoutRange {
  const layout = delimiter === '' ? null : Object.freeze({ topic, columns, delimiter, quote, escapedBy })
  return { from: from.map(BigInt), layout }
}

function parse(text: string): readonly StoredRange[] | null {
  const [body = ''] = text.split('\n')
  if (text !== `${body}\n${checksum(body)}\n`) return null
  try {
    const { format, ranges } = JSON.parse(body) as { format: unknown; ranges: readonly StoredRange[] }
    return format === 1 ? ranges : null
  } catch {
    return null
  }
}

const checksum = (body: string): string => crc32c(body).toString(16).padStart(8, '0')

function isMissing(e: unknown): boolean {
  const { code } = e as { code?: unknown }
  return code === 'ENOENT' || code === 'ENOTDIR'
}
