// The files that `append` is given, or stdin where none is.

import { createReadStream, statSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import type { AppendInput } from '../../logs/append/options.ts'

/** Stdin where no file is named; `isEnough`: ticks and deletions alone need no input. */
export function inputsOf(files: readonly string[], isEnough: boolean): readonly AppendInput[] {
  for (const file of files) checkFile(file)
  if (files.length === 0 && isEnough && process.stdin.isTTY === true) return []
  if (files.length === 0 && isEnough && !isFed()) return []
  const names = files.length === 0 ? ['-'] : files
  return names.map(name => (name === '-' ? { name: 'stdin', bytes: process.stdin } : fileInput(name)))
}

/** Opened when it is read, so that many files do not hold many descriptors. */
function fileInput(name: string): AppendInput {
  const bytes = { [Symbol.asyncIterator]: () => createReadStream(name)[Symbol.asyncIterator]() }
  return { name, bytes, repeatable: statSync(name).isFile() }
}

/** Whether stdin is a pipe or a file, and not the null device or closed. */
function isFed(): boolean {
  try {
    const stat = statSync('/dev/stdin')
    return stat.isFIFO() || stat.isFile() || stat.isSocket()
  } catch {
    return false
  }
}

function checkFile(file: string): void {
  if (file === '-') return
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined || stat.isDirectory()) {
    throw new LyrebirdError('usage', stat === undefined ? `there is no file ${file}` : `${file} is a directory`, {
      where: { file },
    })
  }
}

/** Bytes of all inputs; null where one is no plain file, or packed. */
export function totalOf(files: readonly string[]): number | null {
  if (files.length === 0 || files.includes('-') || files.some(file => file.endsWith('.gz'))) return null
  return files.reduce((sum, file) => sum + statSync(file).size, 0)
}
