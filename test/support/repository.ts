// The repository as data: its files and their texts, for the tests of its structure.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

export const folderOf = (file: string): string => file.split('/')[0] as string
