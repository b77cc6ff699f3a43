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
  if (names.some(isPartition)) {
    return found(directory, topic, `${directory} is the folder of a topic`, `--log ${dirname(directory)}`)
  }
  for (const name of names) {
    const inside = join(directory, name)
    if (!(await folders(join(inside, topic))).some(isPartition)) continue
    return found(directory, topic, `it lies one folder deeper, in ${inside}`, `--log ${inside}`)
  }
  const [first] = (await folders(join(directory, topic))).filter(name => name.includes('='))
  if (first === undefined) return null
  const way = `append the files in order: find ${join(directory, topic)} -type f | sort | xargs lyrebird append ${topic} --log NEW`
  const what = `${join(directory, topic, first)} is a Hive layout, whose files say nothing of partitions and offsets`
  return found(directory, topic, what, way)
}

function found(directory: string, topic: string, what: string, hint: string): LyrebirdError {
  return new LyrebirdError('unknown-topic', `${directory} has no topic "${topic}": ${what}`, { where: { topic }, hint })
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
