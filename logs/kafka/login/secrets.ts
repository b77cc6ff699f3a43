// Secrets and the files that hold them, read at the moment they are needed.
//
// Promises: what is read is in no message; a file is named by its variable and its path.

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../../../core/errors.ts'
import { type Environment, settingOf } from './variables.ts'

/** The text of the file that a variable names; null where it names none. Throws `usage`. */
export function fileOf(environment: Environment, variable: string): string | null {
  const file = settingOf(environment, variable)
  if (file === null) return null
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new LyrebirdError('usage', `the file that ${variable} names cannot be read (${code}): ${file}`, { cause })
  }
}

/**
 * A secret from a variable, or from the file that another one names, without the end of its line; null where neither is
 * set. Throws `usage`.
 */
export function secretOf(environment: Environment, variable: string, fileVariable: string): string | null {
  const given = environment[variable] ?? null
  const text = fileOf(environment, fileVariable)
  if (text === null) return given
  if (given !== null) throw new LyrebirdError('usage', `${variable} and ${fileVariable} are both set; one is enough`)
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new LyrebirdError('usage', `the file that ${fileVariable} names is empty`)
  return secret
}
