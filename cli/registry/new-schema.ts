// A schema in a file of the author's, to be registered.

import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import type { NewSchema, Reference } from './registry.ts'

const TYPES: Readonly<Record<string, string>> = { '.avsc': 'AVRO', '.json': 'AVRO', '.proto': 'PROTOBUF' }

/** Throws `usage` for a file that is none, and for malformed references. */
export function newSchema(file: string, references: readonly string[]): NewSchema {
  const type = TYPES[extname(file).toLowerCase()]
  if (type === undefined) {
    throw new LyrebirdError('usage', `the name of ${file} does not say what schema it is`, {
      where: { file },
      hint: `name it ${Object.keys(TYPES).join(', ')}`,
    })
  }
  return { file, type, text: textOf(file), references: references.map(referenceOf) }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    const what = code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${String(code)})`
    throw new LyrebirdError('usage', what, { where: { file }, cause })
  }
}

function referenceOf(text: string): Reference {
  const match = /^([^=]+)=(.+):([1-9]\d{0,8})$/.exec(text)
  const [, name, subject, version] = match ?? []
  if (name === undefined || subject === undefined) {
    throw new LyrebirdError('usage', `${JSON.stringify(text.slice(0, 200))} is no reference`, {
      hint: 'write --reference NAME=SUBJECT:VERSION, such as acme/money.proto=money-value:1',
    })
  }
  return { name, subject, version: Number(version) }
}
