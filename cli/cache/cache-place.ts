// Where the compile cache is, and which files beside a job's own sources change what it compiles to.

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * `.lyrebird/cache` beside the nearest package.json of the job; where that cannot be written, the user's cache; else a
 * temporary one.
 */
export function cacheDirectory(job: string): string {
  const project = ancestors(job).find(folder => existsSync(join(folder, 'package.json')))
  const places = [
    ...(project === undefined ? [] : [join(project, '.lyrebird', 'cache')]),
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lyrebird'),
    join(tmpdir(), `lyrebird-cache-${process.getuid?.() ?? 0}`),
  ]
  return places.find(isWritable) ?? (places.at(-1) as string)
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

function isWritable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true })
    accessSync(dir, constants.W_OK)
    return true
  } catch {
    return false
  }
}
