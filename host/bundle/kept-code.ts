// Where compiled code of the package's own bundles is kept: one file each, in the user's cache.
//
// Promises: only a folder that this user alone may change counts (host/folders.ts), since V8 runs what it finds there;
// a file appears whole or not at all and carries its checksum, since V8 looks for no damage; the newest are kept.
// Throws nothing.

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { makeFolder, privateFolder } from '../folders.ts'

const KEPT = 20
const ENDING = '.code'
const CHECKSUM_BYTES = 4

/** Undefined where there is none that can be used. */
export function keptCode(name: string): Buffer | undefined {
  try {
    const folder = privateFolder(codeFolder())
    if (folder === null || isOff()) return undefined
    const bytes = readFileSync(join(folder, `${name}${ENDING}`))
    const code = bytes.subarray(CHECKSUM_BYTES)
    return bytes.readUInt32LE(0) === crc32(code) ? code : undefined
  } catch {
    return undefined
  }
}

export function keepCode(name: string, make: () => Buffer): void {
  try {
    if (isOff()) return
    makeFolder(codeFolder(), 0o700)
    const folder = privateFolder(codeFolder())
    if (folder === null) return
    const code = make()
    const checksum = Buffer.alloc(CHECKSUM_BYTES)
    checksum.writeUInt32LE(crc32(code))
    const fresh = mkdtempSync(join(folder, 'new-'))
    try {
      writeFileSync(join(fresh, name), Buffer.concat([checksum, code]))
      renameSync(join(fresh, name), join(folder, `${name}${ENDING}`))
    } finally {
      rmSync(fresh, { recursive: true, force: true })
    }
    forgetOld(folder)
  } catch {
    // A disk that is full or may not be written: the next start compiles again.
  }
}

const codeFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lyrebird', 'code')

const isOff = (): boolean => (process.env.NODE_DISABLE_COMPILE_CACHE ?? '') !== ''

/** Keeps the files that were written last, of this version and of others. */
function forgetOld(folder: string): void {
  const files = readdirSync(folder).filter(name => name.endsWith(ENDING))
  if (files.length <= KEPT) return
  const written = files.map(name => ({ name, at: statSync(join(folder, name)).mtimeMs }))
  for (const { name } of written.sort((a, b) => b.at - a.at).slice(KEPT)) rmSync(join(folder, name), { force: true })
}
