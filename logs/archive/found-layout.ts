// Where a topic is not found: what lies there instead, and what to type.

import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'

/**
 * The failure for a topic whose files are in a layout that is not read in place, or one folder away; null where
 * nothing of it is there.
 */
export async function otherLayout(directory: string, topic: string): Promise<LyrebirdError | null> {
  const names = await folders(directory)
  const other =
    topicFolder(directory, names) ??
    (await oneFolderDeeper(directory, names, [topic])) ??
    (await hive(directory, topic))
  return other === null ? null : failure(`${directory} has no topic "${topic}"`, other, { topic })
}

/** The same for a directory without topics: for whichever topic is in another layout. */
export async function otherLayoutOfAll(directory: string): Promise<LyrebirdError | null> {
  const names = await folders(directory)
  let other = topicFolder(directory, names) ?? (await oneFolderDeeper(directory, names, null))
  for (const name of names) other ??= await hive(directory, name)
  return other === null ? null : failure(`${directory} has no topics`, other, {})
}

/** What lies there, and what to type. */
interface Found {
  readonly what: string
  readonly hint: string
}

function failure(lacks: string, { what, hint }: Found, where: { readonly topic?: string }): LyrebirdError {
  return new LyrebirdError('unknown-topic', `${lacks}: ${what}`, { where, hint })
}

function topicFolder(directory: string, names: readonly string[]): Found | null {
  if (!names.some(isPartition)) return null
  return { what: `${directory} is the folder of a topic`, hint: `--log ${dirname(directory)}` }
}

/** `topics`: those that are looked for; null for any. */
async function oneFolderDeeper(
  directory: string,
  names: readonly string[],
  topics: readonly string[] | null,
): Promise<Found | null> {
  for (const name of names) {
    const inside = join(directory, name)
    for (const topic of topics ?? (await folders(inside))) {
      if (!(await folders(join(inside, topic))).some(isPartition)) continue
      return {
        what: `${topics === null ? 'they lie' : 'it lies'} one folder deeper, in ${inside}`,
        hint: `--log ${inside}`,
      }
    }
  }
  return null
}

async function hive(directory: string, topic: string): Promise<Found | null> {
  const [first] = (await folders(join(directory, topic))).filter(name => name.includes('='))
  if (first === undefined) return null
  return {
    what: `${join(directory, topic, first)} is a Hive layout, whose files say nothing of partitions and offsets`,
    hint: `append the files in order: find ${join(directory, topic)} -type f | sort | xargs lyrebird append ${topic} --log NEW`,
  }
}

const isPartition = (name: string): boolean => /^partition=\d+$/.test(name)

async function folders(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  } catch {
    return []
  }
}
