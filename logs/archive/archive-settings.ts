// What the owner of an archive says of it: a file `_lyrebird.json` in the topic's folder.
//
// Promises: without it every gap between files is lost records; with it gaps of the declared size are read over, and
// anything else in it is refused.

import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'

const SETTINGS_FILE = '_lyrebird.json'

interface ArchiveSettings {
  /** Most offsets that may be missing between two files; null: any number. */
  readonly gaps: bigint | null
}

const NO_GAPS: ArchiveSettings = Object.freeze({ gaps: 0n })

/** Where the settings of a partition's topic are. */
export function settingsPath(partitionDirectory: string): string {
  const inTopic = basename(partitionDirectory).startsWith('partition=')
  return join(inTopic ? dirname(partitionDirectory) : partitionDirectory, SETTINGS_FILE)
}

/** Throws `usage` for settings that it does not know. */
export async function readSettings(path: string): Promise<ArchiveSettings> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') return NO_GAPS
    throw fileFailure(path, e)
  }
  const settings = parse(text)
  if (settings !== null) return settings
  throw new LyrebirdError('usage', `${path} says nothing that is known of an archive`, {
    where: { path },
    hint: 'write {"gaps": 1}: the most offsets that may be missing between two files; or {"gaps": "any"}',
  })
}

function parse(text: string): ArchiveSettings | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'gaps') return null
  const { gaps } = value as { gaps: unknown }
  if (gaps === 'any') return { gaps: null }
  return typeof gaps === 'number' && Number.isSafeInteger(gaps) && gaps >= 0 ? { gaps: BigInt(gaps) } : null
}
