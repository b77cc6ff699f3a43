// Where the package lies, and the entry of the language that job files are checked against.
//
// Promises: the same answer from the sources (`compiler/`) and from the built package (`build/compiler/`).

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of lyrebird's own `package.json`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isOurs(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('lyrebird invariant broken: the package has no package.json')
    folder = parent
  }
  return folder
}

/** The version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
}

/**
 * Entries beside `lyrebird` that a job may import and that stay outside of its bundle, by the folder of their sources.
 */
export const FORMAT_ENTRIES: Readonly<Record<string, string>> = {
  'lyrebird/avro': 'formats/avro',
  'lyrebird/protobuf': 'formats/protobuf',
}

/**
 * TypeScript's `paths` for `lyrebird` and its subpaths: the sources where they are, the built declarations where not.
 */
export function languagePaths(root: string): Record<string, string[]> {
  const entry = (name: string): string[] => {
    const source = join(root, name, 'index.ts')
    return [existsSync(source) ? source : join(root, 'build', name, 'index.d.ts')]
  }
  const formats = Object.entries(FORMAT_ENTRIES).map(([name, folder]) => [name, entry(folder)] as const)
  return { lyrebird: entry('dsl'), 'lyrebird/testing': entry('testing'), ...Object.fromEntries(formats) }
}

/** Folders whose declarations are the language's own. */
export function languageFolders(root: string): readonly string[] {
  return ['dsl', 'core', 'formats', 'testing', 'build'].map(name => `${join(root, name).replaceAll('\\', '/')}/`)
}

function isOurs(path: string): boolean {
  if (!existsSync(path)) return false
  return (JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown }).name === 'lyrebird'
}
