// What a Kafka broker keeps beside the directories of its partitions: how far their records count.
//
// Promises: a checkpoint that is there is respected, one that is missing says nothing; a malformed one is `bad-batch`.
// A partition that a checkpoint does not name is not limited by it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'

/** Files of a log directory of a broker; each has a line for each partition. */
const FILES = {
  /** Records before it were deleted, though their segment may still be there. */
  logStart: 'log-start-offset-checkpoint',
  /** Records from it on were on no other replica yet and may have been taken back. */
  highWatermark: 'replication-offset-checkpoint',
  /** How far the log cleaner has come: it names compacted topics alone. */
  cleaner: 'cleaner-offset-checkpoint',
} as const

/** The offset that a checkpoint has for a partition; null where it has none. Throws `bad-batch`. */
export async function checkpointOf(
  directory: string,
  file: keyof typeof FILES,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<bigint | null> {
  const entries = await readCheckpoint(join(directory, FILES[file]))
  return entries.find(entry => entry.topic === topic && entry.partition === partition)?.offset ?? null
}

/** Whether the log cleaner of the broker has compacted some partition of a topic. Throws `bad-batch`. */
export async function wasCompacted(directory: string, topic: string): Promise<boolean> {
  const entries = await readCheckpoint(join(directory, FILES.cleaner))
  return entries.some(entry => entry.topic === topic)
}

interface Entry {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** Line 1 is the version, 0; line 2 the number of entries; each entry is a topic, a partition and an offset. */
async function readCheckpoint(path: string): Promise<readonly Entry[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') return []
    throw fileFailure(path, e)
  }
  const [version, count, ...lines] = text.split('\n')
  const entries = lines.flatMap(line => parseEntry(line) ?? [])
  const whole = lines.filter(line => line !== '').length === entries.length && String(entries.length) === count
  if (version === '0' && whole && text.endsWith('\n')) return entries
  throw new LyrebirdError('bad-batch', `${path} is no checkpoint of a broker, or a damaged one`, {
    where: { path },
    hint: 'copy it again together with the directories beside it; without it deleted records would come back',
  })
}

function parseEntry(line: string): Entry | null {
  const match = /^([A-Za-z0-9._-]+) (\d{1,6}) (\d{1,19})$/.exec(line)
  if (match === null) return null
  return { topic: match[1] as string, partition: Number(match[2]), offset: BigInt(match[3] as string) }
}
