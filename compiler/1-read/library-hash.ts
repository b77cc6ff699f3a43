// Hashes the content of an installed package, so that an update of a library changes the plans whose lambdas call it.
//
// Promises: the same hash for the same files. The installed dependencies of a package count too.

import { createHash, type Hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** `file` is any file of the package, such as the declarations that a symbol was found in. */
export function libraryHash(file: string): string {
  const hash = createHash('sha256')
  const folder = packageFolder(file)
  if (folder !== null) addPackage(hash, folder, new Set())
  return hash.digest('hex').slice(0, 32)
}

/** The name of the package that a file belongs to; `@types/x` counts as `x`. */
export function libraryName(file: string): string {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll('\\', '/'))?.[1] ?? file
  return name.replace(/^@types\/(?:([^_]+)__)?/, (_, scope?: string) => (scope === undefined ? '' : `@${scope}/`))
}

function packageFolder(file: string): string | null {
  const root = /(.*\/node_modules)\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/'))
  return root === null ? null : join(root[1] as string, libraryName(file))
}

function addPackage(hash: Hash, folder: string, seen: Set<string>): void {
  if (seen.has(folder) || !existsSync(join(folder, 'package.json'))) return
  seen.add(folder)
  addFolder(hash, folder, '')
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: object }
  for (const name of Object.keys(dependencies ?? {}).sort()) {
    const found = installedAt(folder, name)
    if (found !== null) addPackage(hash, found, seen)
  }
}

function addFolder(hash: Hash, folder: string, path: string): void {
  const entries = readdirSync(join(folder, path), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = `${path}/${entry.name}`
    if (entry.isDirectory() && entry.name !== 'node_modules') addFolder(hash, folder, at)
    else if (entry.isFile() && /\.(?:js|mjs|cjs|json)$/.test(entry.name)) {
      hash.update(`${at}\n`).update(readFileSync(join(folder, at)))
    }
  }
}

function installedAt(from: string, name: string): string | null {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(folder)) return folder
    if (dirname(at) === at) return null
  }
}
