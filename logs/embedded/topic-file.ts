// Topics of the embedded log: created with all their partitions, and described by a file of their own.
//
// Promises: a topic is there with all partitions or not at all; its id differs from that of an earlier topic of the
// same name; its count of partitions never changes; an output topic belongs to one state.

import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { LyrebirdError } from '../../core/errors.ts'
import { makeFolder } from '../../host/folders.ts'
import { fileFailure } from '../file-failures.ts'
import { PARTITION_COUNT_MAX } from '../limits.ts'
import { checkTopicName } from '../log-failures.ts'
import { PUBLISHED_FILE, publishedFile } from './published.ts'
import { syncDirectory } from './sync-directory.ts'

const TOPIC_FILE = '.topic'

export interface TopicDescription {
  readonly format: 1
  readonly id: string
  readonly partitions: number
  /** Id of the state whose output this is; null for topics that are appended to. */
  readonly owner: string | null
  /** Whether it says elsewhere how its rows are laid out (row-layouts.ts): that file must then be there. */
  readonly rows?: true
}

interface TopicWish {
  /** Wanted partitions; null takes what is there, or 1. */
  readonly partitions: number | null
  readonly owner: string | null
}

export const partitionDirectory = (directory: string, topic: string, partition: number): string =>
  join(directory, topic, `partition=${partition}`)

/**
 * The description of a topic; null where the folder is no topic of the embedded log. Throws `bad-batch` where the file
 * is damaged or has been lost.
 */
export async function readTopicFile(directory: string, topic: string): Promise<TopicDescription | null> {
  const path = join(directory, topic, TOPIC_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    const { code } = e as { code?: unknown }
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileFailure(path, e)
    // Without its file a topic of ours would pass for a broker's copy, unpublished records and all.
    if (!(await exists(join(partitionDirectory(directory, topic, 0), PUBLISHED_FILE)))) return null
    throw damaged(topic, path, 'is missing, though the topic was made by lyrebird')
  }
  const description = parse(text)
  if (description !== null) return description
  throw damaged(topic, path, 'is damaged')
}

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null

function damaged(topic: string, path: string, what: string): LyrebirdError {
  return new LyrebirdError('bad-batch', `${path} ${what}`, {
    where: { topic, path },
    hint: 'restore the file from a copy',
  })
}

function parse(text: string): TopicDescription | null {
  try {
    const { format, id, partitions, owner, rows, crc, ...others } = JSON.parse(text) as Record<string, unknown>
    // A field that nobody knows is one whose name was damaged. Files of older versions have no checksum.
    if (Object.keys(others).length > 0) return null
    if (rows !== undefined && rows !== true) return null
    if (format !== 1 || typeof id !== 'string' || !(owner === null || typeof owner === 'string')) return null
    if (typeof partitions !== 'number' || !Number.isInteger(partitions) || partitions < 1) return null
    const description: TopicDescription = { format, id, partitions, owner, ...(rows && { rows }) }
    return crc === undefined || crc === checksumOf(description) ? description : null
  } catch {
    return null
  }
}

const checksumOf = ({ format, id, partitions, owner, rows }: TopicDescription): number =>
  crc32c(JSON.stringify([format, id, partitions, owner, ...(rows ? ['rows'] : [])]))

const textOf = (description: TopicDescription): string =>
  `${JSON.stringify({ ...description, crc: checksumOf(description) })}\n`

/** Notes that the topic says how its rows are laid out. Call it while the partitions are locked. */
export async function noteRows(directory: string, topic: string): Promise<void> {
  const description = await readTopicFile(directory, topic)
  if (description === null || description.rows) return
  const path = join(directory, topic, TOPIC_FILE)
  const fresh = `${path}.${process.pid}`
  try {
    await writeFile(fresh, textOf({ ...description, rows: true }), { flush: true })
    await rename(fresh, path)
    await syncDirectory(join(directory, topic))
  } catch (e) {
    await rm(fresh, { force: true })
    throw fileFailure(path, e)
  }
}

/**
 * Finds a topic for writing, or makes it. Throws `bad-name`, `partition-count` where it has another count,
 * `topic-owned` where it has another owner, `not-appendable` where it is no topic of the embedded log.
 */
export async function ensureTopic(directory: string, topic: string, wish: TopicWish): Promise<TopicDescription> {
  checkTopicName(topic)
  checkCount(topic, wish.partitions)
  await refuseLink(join(directory, topic))
  const found = (await readTopicFile(directory, topic)) ?? (await createTopic(directory, topic, wish))
  if (wish.partitions !== null && found.partitions !== wish.partitions) {
    throw new LyrebirdError(
      'partition-count',
      `topic "${topic}" has ${found.partitions} partitions, not ${wish.partitions}`,
      {
        where: { topic, partitions: found.partitions },
        hint: 'the count is fixed when a topic is made, since it decides where keys go; leave it out, or use a new topic',
      },
    )
  }
  if (found.owner === wish.owner) return found
  throw new LyrebirdError('topic-owned', ownedBy(topic, found.owner, wish.owner), {
    where: { topic, owner: found.owner ?? undefined },
    hint: 'write to another directory, or remove the topic if nobody needs it',
  })
}

async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => null)
  if (stats?.isSymbolicLink() !== true) return
  throw new LyrebirdError('bad-name', `${path} is a symbolic link; links inside a log directory are not followed`, {
    where: { path },
    hint: 'give the directory that it points into',
  })
}

function ownedBy(topic: string, owner: string | null, wanted: string | null): string {
  if (owner === null) return `topic "${topic}" is not an output: records were appended to it`
  return wanted === null
    ? `topic "${topic}" is the output of a job; only that job writes it`
    : `topic "${topic}" is the output of another state (${owner})`
}

async function createTopic(directory: string, topic: string, wish: TopicWish): Promise<TopicDescription> {
  const description: TopicDescription = {
    format: 1,
    id: randomUUID(),
    partitions: wish.partitions ?? 1,
    owner: wish.owner,
  }
  const making = join(directory, `.making-${description.id}`)
  try {
    makeFolder(directory)
    for (let partition = 0; partition < description.partitions; partition++) {
      const path = join(making, `partition=${partition}`)
      await mkdir(path, { recursive: true })
      await writeFile(join(path, PUBLISHED_FILE), publishedFile(), { flush: true })
      await syncDirectory(path)
    }
    await writeFile(join(making, TOPIC_FILE), textOf(description), { flush: true })
    await syncDirectory(making)
    await rename(making, join(directory, topic))
    await syncDirectory(directory)
    return description
  } catch (e) {
    await rm(making, { recursive: true, force: true })
    const { code } = e as { code?: unknown }
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw fileFailure(directory, e)
    const other = await readTopicFile(directory, topic)
    if (other !== null) return other
    throw notAppendable(topic)
  }
}

function notAppendable(topic: string): LyrebirdError {
  return new LyrebirdError(
    'not-appendable',
    `topic "${topic}" was not made by lyrebird: it is an archive or a broker's copy`,
    {
      where: { topic },
      hint: 'such files are read where they lie; append to a topic of another name or in another directory',
    },
  )
}

function checkCount(topic: string, partitions: number | null): void {
  if (partitions === null) return
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= PARTITION_COUNT_MAX) return
  throw new LyrebirdError('partition-count', `topic "${topic}" cannot have ${partitions} partitions`, {
    where: { topic },
    hint: `from 1 to ${PARTITION_COUNT_MAX}`,
  })
}
