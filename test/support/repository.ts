// The repository as data: its files, their texts, and who imports whom. For the tests that guard its structure.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Paths of all files that git tracks or would track, relative to the root. */
export function repositoryFiles(): readonly string[] {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  return [...new Set(list.split('\0'))].filter(f => f !== '' && existsSync(join(ROOT, f))).sort()
}

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** Hand-written TypeScript and JavaScript. */
export const codeFiles = (): readonly string[] => repositoryFiles().filter(f => /\.(ts|mts|mjs)$/.test(f))

export interface Import {
  readonly from: string
  /** A file of the repository, a package name, or `node:NAME`. */
  readonly to: string
}

const SPECIFIER =
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

/** Every import of a file, type-only ones too. */
export function importsOf(file: string): readonly Import[] {
  const text = read(file)
  return [...text.matchAll(SPECIFIER)].map(m => {
    const specifier = (m[1] ?? m[2] ?? m[3]) as string
    if (!specifier.startsWith('.')) return { from: file, to: specifier }
    return { from: file, to: normalize(join(dirname(file), specifier)) }
  })
}

export const folderOf = (file: string): string => file.split('/')[0] as string
