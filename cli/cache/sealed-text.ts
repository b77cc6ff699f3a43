// A small text file of the cache with a checksum in its first line.
//
// Promises: a file appears whole or not at all; one that was damaged reads as missing.

import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { sha256 } from '../../host/artefact.ts'

export function writeSealed(path: string, text: string): void {
  const fresh = `${path}.${randomUUID()}.new`
  try {
    writeFileSync(fresh, `${sha256(text)}\n${text}`)
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { force: true })
  }
}

/** Null where the file is missing, damaged or of an older version. */
export function readSealed(path: string): string | null {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch {
    return null
  }
  const end = content.indexOf('\n')
  const text = content.slice(end + 1)
  return content.slice(0, end) === sha256(text) ? text : null
}
