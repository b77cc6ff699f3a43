// Whether the beginning of an input is of the format that it is appended as.
//
// Promises: refuses what would make most records dead letters, or keys that no record has; some bad lines are let
// through, as they are records that a job counts. Nothing has been written by then.
// Not here: packed and binary files (`content.ts`), and rows (`find-rows.ts`).

import { isUtf8 } from 'node:buffer'
import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { type InputLine, LineSplitter } from './split-lines.ts'

/** Records that are looked at. */
const RECORDS = 1000

export interface Sample {
  readonly name: string
  readonly bytes: Buffer
  /** Whether that is all. */
  readonly whole: boolean
  readonly lineEnd: number
}

/** Fields that are read from each record, such as that of the key. */
export type FieldsWanted = readonly { readonly field: string; readonly option: string }[]

/** Throws `not-appendable` where lines are not well-formed UTF-8. */
export function checkUtf8(sample: Sample): void {
  const bad = linesOf(sample).find(line => !isUtf8(line.bytes))
  if (bad === undefined) return
  throw refused(sample, bad, 'it is no UTF-8', 'say which encoding it is, such as --encoding windows-1252')
}

/** Throws `not-appendable` where most lines are no JSON, or no record has a wanted field. */
export function checkJson(sample: Sample, wanted: FieldsWanted): void {
  const lines = linesOf(sample).filter(line => !/^\s*$/.test(text(line)))
  const values = lines.flatMap(line => parsed(text(line)) ?? [])
  const first = lines[0]
  if (first === undefined) return
  if (2 * values.length < lines.length) {
    const bad = lines.find(line => parsed(text(line)) === null) as InputLine
    throw refused(sample, bad, 'it is no JSON, and a record is one line of JSON', wayToJson(sample, first))
  }
  const list = values[0]?.value
  if (sample.whole && lines.length === 1 && Array.isArray(list) && list.length > 1 && list.every(isObject)) {
    const way = `write an element a line: jq -c '.[]' ${sample.name} | lyrebird append ...; or add --unchecked`
    throw refused(sample, first, `the file is one array of ${list.length} objects, and a record is a line`, way)
  }
  checkFields(sample, wanted, values.map(v => v.value).filter(isObject))
}

/** Throws `not-appendable` where rows are lines of JSON. */
export function checkNoJson(sample: Sample): void {
  const first = linesOf(sample).find(line => !/^\s*$/.test(text(line)))
  const value = first === undefined ? null : parsed(text(first))
  if (first === undefined || value === null || typeof value.value !== 'object' || value.value === null) return
  throw refused(sample, first, 'it is JSON and no row', 'use --format json')
}

function checkFields(sample: Sample, wanted: FieldsWanted, objects: readonly object[]): void {
  if (objects.length === 0) return
  const names = new Set(objects.flatMap(object => Object.keys(object)))
  for (const { field, option } of wanted) {
    if (names.has(field)) continue
    const near = didYouMean(field, [...names])
    const shown = [...names].slice(0, 12).join(', ')
    throw new LyrebirdError(
      'not-appendable',
      `none of the first ${objects.length} records of ${sample.name} has "${field}"`,
      {
        where: { path: sample.name, field },
        hint: `${near === null ? '' : `did you mean --${option} ${near}? `}they have ${shown}; where later ones have it, add --unchecked`,
      },
    )
  }
}

function wayToJson({ name }: Sample, first: InputLine): string {
  const start = text(first).trim()
  if (start.startsWith('[')) return `write an element a line: jq -c '.[]' ${name} | lyrebird append ...`
  if (start.startsWith('{')) return `write a value a line: jq -c . ${name} | lyrebird append ...`
  return /[,;\t|]/.test(start) ? 'use --format csv, or --format lines' : 'use --format lines, or add --unchecked'
}

function linesOf({ name, bytes, whole, lineEnd }: Sample): readonly InputLine[] {
  const splitter = new LineSplitter({ name, dialect: null, lineEnd })
  const lines = splitter.push(bytes)
  return [...lines, ...(whole ? splitter.end() : [])].slice(0, RECORDS)
}

const text = ({ bytes }: InputLine): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(line: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(line) }
  } catch {
    return null
  }
}

function refused({ name }: Sample, { line }: InputLine, what: string, hint: string): LyrebirdError {
  return new LyrebirdError('not-appendable', `${name}:${line}: ${what}`, { where: { path: name, line }, hint })
}
