// Where the compile cache is, and which files beside a job's own sources change what it compiles to.
//
// Promises: what lies in the cache was put there by this user: it is code that will run. So a folder counts only where
// nobody else may write, on the way to it neither, and links are followed once, before that is checked.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder, privateFolder } from '../../host/folders.ts'

const chosen = new Map<string, string>()

/**
 * `.lyrebird/cache` beside the nearest package.json of the job; where that cannot be written, or others may write
 * there, the user's cache; else a new folder that ends with the process.
 */
export function cacheDirectory(job: string): string {
  const project = ancestors(job).find(folder => existsSync(join(folder, 'package.json')))
  const known = chosen.get(project ?? '')
  if (known !== undefined) return known
  const places = [
    ...(project === undefined ? [] : [join(project, '.lyrebird', 'cache')]),
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lyrebird'),
  ]
  const place = places.map(usable).find(folder => folder !== null) ?? temporaryFolder()
  chosen.set(project ?? '', place)
  return place
}

/**
 * Every tsconfig, package.json and lock file at and above the job, whether it exists or not: one that is created later
 * counts too.
 */
export function configurationFiles(job: string): readonly string[] {
  return ancestors(job).flatMap(folder =>
    ['tsconfig.json', 'package.json', 'package-lock.json'].map(name => join(folder, name)),
  )
}

function ancestors(path: string): readonly string[] {
  const folders: string[] = []
  for (let at = dirname(path); ; at = dirname(at)) {
    folders.push(at)
    if (dirname(at) === at) return folders
  }
}

/** Null where it cannot be made or written, or is not private. */
function usable(folder: string): string | null {
  try {
    makeFolder(folder, 0o700)
    const place = privateFolder(folder)
    // More than access(2) says: a full or read-only disk counts as not writable.
    if (place !== null) rmSync(mkdtempSync(join(place, 'new-')), { recursive: true })
    return place
  } catch {
    return null
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-cache-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
