// The file of schemas by id that a job imports: `{ "7": schema, ... }`.
//
// Promises: ids in their order, so that the same schemas are the same bytes; an id that is there stays, since records
// of it may still be read, and keeps its schema; the file is replaced as a whole.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { systemFailure } from '../../host/system-failure.ts'

type SchemasById = ReadonlyMap<number, unknown>

export interface Written {
  /** Ids that were not in the file before. */
  readonly added: readonly number[]
  /** All ids that are in it now. */
  readonly ids: readonly number[]
}

/** The content of such a file. */
export function schemasText(schemas: SchemasById): string {
  // Keys that are whole numbers stand in their order, whatever the order of insertion.
  return `${JSON.stringify(Object.fromEntries(schemas), null, 2)}\n`
}

/** Adds schemas to a file, which is made where it is missing. Throws `schema-differs` where it has another one. */
export function addToFile(file: string, schemas: SchemasById): Written {
  const before = existsSync(file) ? readSchemas(file) : new Map<number, unknown>()
  for (const [id, schema] of schemas) {
    const there = before.get(id)
    if (there !== undefined && canonicalJson(there) !== canonicalJson(schema)) {
      throw new LyrebirdError('schema-differs', `${file} has another schema with id ${id} than the registry`, {
        where: { file, id },
        hint: 'is it the file of another registry? schemas by id never change: take another FILE, or mend this one',
      })
    }
  }
  const added = [...schemas.keys()].filter(id => !before.has(id)).toSorted(byNumber)
  const all = new Map([...schemas, ...before])
  if (added.length > 0) replace(file, schemasText(all))
  return { added, ids: [...all.keys()].toSorted(byNumber) }
}

const byNumber = (a: number, b: number): number => a - b

function readSchemas(file: string): Map<number, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
      const entries = Object.entries(content)
      if (entries.every(([id]) => /^\d{1,10}$/.test(id))) return new Map(entries.map(([id, one]) => [Number(id), one]))
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw systemFailure(error, file)
  }
  throw new LyrebirdError('usage', `${file} is no file of schemas by id`, {
    where: { file },
    hint: 'give --into a new file, or one that this command has written',
  })
}

function replace(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.fresh`
  try {
    writeFileSync(fresh, text)
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw systemFailure(error, file)
  }
}
