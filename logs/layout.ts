// The layout of a log directory: `TOPIC/partition=P/`, and a broker's own `TOPIC-P/` beside it.
//
// Promises: only names that were checked become paths; symbolic links inside a log directory are refused, never
// followed; a file that is no part of a log is named in an error, and those that brokers keep beside their segments are
// ignored, as are files whose names begin with a dot or an underscore.

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'
import { fileFailure } from './file-failures.ts'
import { isTopicName } from './log.ts'

export interface PartitionFile {
  readonly path: string
  readonly start: bigint
  readonly gz: boolean
}

interface PartitionFiles {
  readonly kind: 'archive' | 'segments' | 'empty'
  /** Sorted by start. */
  readonly files: readonly PartitionFile[]
}

const PARTITION_DIRECTORY = /^partition=(0|[1-9]\d{0,5})$/
const BROKER_DIRECTORY = /^(.+)-(0|[1-9]\d{0,5})$/
const SEGMENT = /^(\d{1,20})\.log$/
const ARCHIVE = /^(.+)\+(\d{1,9})\+(\d{1,19})\.(?:json|ndjson|jsonl|log)(\.gz)?$/
const BESIDE_SEGMENTS =
  /^(.*\.(index|timeindex|txnindex|snapshot|deleted)|leader-epoch-checkpoint|partition\.metadata)$/

/** Topics of a directory with their partitions. Folders without partitions are no topics. */
export async function listTopics(directory: string): Promise<Map<string, Map<number, string>>> {
  const topics = new Map<string, Map<number, string>>()
  const add = (topic: string, partition: number, path: string): void => {
    const partitions = topics.get(topic) ?? new Map<number, string>()
    const other = partitions.get(partition)
    if (other !== undefined) throw twice(topic, partition, other, path)
    topics.set(topic, partitions.set(partition, path))
  }
  for (const entry of await list(directory)) {
    const path = join(directory, entry.name)
    if (!(entry.isDirectory() || entry.isSymbolicLink())) continue
    const broker = BROKER_DIRECTORY.exec(entry.name)
    const inside = entry.isDirectory() ? await partitionsInside(path) : null
    // A topic name may begin with a dot, but a hidden folder without partitions is not ours.
    if (inside === null && entry.name.startsWith('.')) continue
    if (inside !== null && isTopicName(entry.name)) {
      refuseLink(entry, path)
      for (const [partition, partitionPath] of inside) add(entry.name, partition, partitionPath)
    } else if (broker !== null && isTopicName(broker[1] as string)) {
      refuseLink(entry, path)
      add(broker[1] as string, Number(broker[2]), path)
    } else if (isTopicName(entry.name)) refuseLink(entry, path)
  }
  return topics
}

/** `partition=P` directories of a topic's directory; null where there is none. */
async function partitionsInside(directory: string): Promise<Map<number, string> | null> {
  const partitions = new Map<number, string>()
  for (const entry of await list(directory)) {
    const match = PARTITION_DIRECTORY.exec(entry.name)
    if (match === null) continue
    const path = join(directory, entry.name)
    refuseLink(entry, path)
    if (entry.isDirectory()) partitions.set(Number(match[1]), path)
  }
  return partitions.size === 0 ? null : partitions
}

/**
 * The files of one partition. Throws `bad-name` for a file that is no part of a log, `log-overlap` for two that start
 * at one offset.
 */
export async function listPartitionFiles(topic: string, partition: number, directory: string): Promise<PartitionFiles> {
  const files: PartitionFile[] = []
  let kind: PartitionFiles['kind'] = 'empty'
  for (const entry of await list(directory)) {
    if (entry.name.startsWith('.') || BESIDE_SEGMENTS.test(entry.name)) continue
    const path = join(directory, entry.name)
    const found = entry.isDirectory() ? null : parseFileName(topic, partition, entry.name)
    // What other tools leave beside their files, such as `_SUCCESS`; the name of a topic may begin so too.
    if (found === null && entry.name.startsWith('_')) continue
    refuseLink(entry, path)
    if (found === null) throw strange(topic, partition, path)
    if (kind !== 'empty' && kind !== found.kind) throw mixed(topic, partition, directory)
    kind = found.kind
    files.push({ path, start: found.start, gz: found.gz })
  }
  files.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  files.forEach((file, i) => {
    const other = files[i - 1]
    if (other !== undefined && other.start === file.start) throw twice(topic, partition, other.path, file.path)
  })
  return { kind, files }
}

function parseFileName(topic: string, partition: number, name: string) {
  const segment = SEGMENT.exec(name)
  if (segment !== null) return { kind: 'segments' as const, start: BigInt(segment[1] as string), gz: false }
  const archive = ARCHIVE.exec(name)
  if (archive === null || archive[1] !== topic || Number(archive[2]) !== partition) return null
  return { kind: 'archive' as const, start: BigInt(archive[3] as string), gz: archive[4] !== undefined }
}

async function list(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (e) {
    const code = (e as { code?: unknown }).code
    // A directory that was deleted since it was listed has no entries.
    if (code === 'ENOENT') return []
    const failure = fileFailure(directory, e)
    if (failure !== e) throw failure
    throw new LyrebirdError('usage', `the log directory ${directory} cannot be read (${String(code)})`, { cause: e })
  }
}

function refuseLink(entry: Dirent, path: string): void {
  if (!entry.isSymbolicLink()) return
  throw new LyrebirdError('bad-name', `${path} is a symbolic link; links inside a log directory are not followed`, {
    where: { path },
    hint: 'give the directory itself, or mount it where the link stands',
  })
}

function strange(topic: string, partition: number, path: string): LyrebirdError {
  return new LyrebirdError('bad-name', `${path} is no file of the log ${topic}/${partition}`, {
    where: { topic, partition, path },
    hint: `files of this partition are ${topic}+${partition}+START.json, the same with .ndjson, .jsonl, .log or .gz, or START.log; move others away`,
  })
}

function mixed(topic: string, partition: number, path: string): LyrebirdError {
  return new LyrebirdError('log-overlap', `${path} holds both segments (.log) and archive files (.json)`, {
    where: { topic, partition, path },
    hint: 'a partition is one or the other; move one of them away',
  })
}

function twice(topic: string, partition: number, a: string, b: string): LyrebirdError {
  return new LyrebirdError('log-overlap', `${topic}/${partition} has the same offsets in ${a} and in ${b}`, {
    where: { topic, partition, path: a },
    hint: 'move one of them away',
  })
}
