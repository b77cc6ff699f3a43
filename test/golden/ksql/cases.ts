// ksqlDB's cases, read from a folder beside the repository and turned into records of a log.
//
// Promises: uses nothing of what a case expects. Values are JSON by column names in upper case, whatever the case's
// format.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InputRecord, ReferenceInput } from '../../../core/reference/input.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'
import { type Column, parseStatement, type Statement, type TypeName } from './sql.ts'

const FOLDER = join(import.meta.dirname, '../../../../shared/golden/ksql')

export interface CaseRecord {
  readonly topic: string
  readonly key?: unknown
  readonly value: unknown
  readonly timestamp?: number
  readonly window?: { readonly start: number; readonly end: number; readonly type: string }
}

export interface Case {
  /** `FILE: NAME`, with a number where a name occurs twice in a file. */
  readonly name: string
  readonly statements: readonly string[]
  readonly inputs: readonly CaseRecord[]
  readonly outputs: readonly CaseRecord[]
  readonly properties: Readonly<Record<string, unknown>>
  /** The statement is expected to be refused. */
  readonly refused: boolean
}

export const casesThere = existsSync(FOLDER)

interface RawCase {
  readonly name: string
  readonly statements: readonly string[]
  readonly inputs?: readonly CaseRecord[]
  readonly outputs?: readonly CaseRecord[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly expectedException?: unknown
}

export function readCases(): readonly Case[] {
  const seen = new Map<string, number>()
  const files = readdirSync(FOLDER).filter(f => f.endsWith('.json'))
  return files.sort().flatMap(file => {
    const { tests } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { tests: readonly RawCase[] }
    return tests.map(raw => {
      const plain = `${file.slice(0, -5)}: ${raw.name}`
      const count = (seen.get(plain) ?? 0) + 1
      seen.set(plain, count)
      return {
        name: count === 1 ? plain : `${plain} (${count})`,
        statements: raw.statements,
        inputs: raw.inputs ?? [],
        outputs: raw.outputs ?? [],
        properties: raw.properties ?? {},
        refused: raw.expectedException !== undefined,
      }
    })
  })
}

const utf8 = new TextEncoder()

/** Topics of derived streams and tables to which the case itself writes: the job reads them and does not write them. */
export function fedTopics({ statements, inputs }: Case): ReadonlySet<string> {
  const derived = statements.map(parseStatement).filter(s => s.query !== null)
  return new Set(derived.map(topicOf).filter(topic => inputs.some(i => i.topic === topic)))
}

/** The log of a case: one partition for each topic that its declarations name or its inputs feed. */
export function logOf(c: Case): ReferenceInput {
  const { statements, inputs } = c
  const fed = fedTopics(c)
  const read = statements.map(parseStatement).filter(s => s.query === null || fed.has(topicOf(s)))
  return read.map(declaration => {
    const topic = topicOf(declaration)
    const records = inputs.filter(i => i.topic === topic).map((input, i) => recordOf(declaration, input, BigInt(i)))
    return { topic, partition: 0, records }
  })
}

export const topicOf = ({ name, properties }: Statement): string => properties.KAFKA_TOPIC ?? name

function recordOf({ columns }: Statement, input: CaseRecord, offset: bigint): InputRecord {
  const { key, value, timestamp = 0 } = input
  const keyBytes = key === undefined || key === null ? null : utf8.encode(String(key))
  const json = value === null ? null : JSON.stringify(columns === null ? value : typed(value, columns))
  return { offset, timestamp, key: keyBytes, value: json === null ? null : utf8.encode(json), headers: [] }
}

/**
 * A value of the declared columns: from a line of text by their order, or from an object by their names in any case.
 */
function typed(value: unknown, columns: readonly Column[]): unknown {
  if (typeof value !== 'string') return ofType(value, { name: 'STRUCT', fields: columns, items: null })
  const texts = value.split(',')
  return Object.fromEntries(columns.map(({ name, type }, i) => [name, ofText(texts[i] ?? '', type)]))
}

const TEXTS = ['VARCHAR', 'STRING']

function ofText(text: string, { name }: TypeName): unknown {
  if (text === '') return null
  return TEXTS.includes(name) ? text : Number(text)
}

function ofType(value: unknown, type: TypeName): unknown {
  if (value === null || value === undefined) return null
  if (type.name === 'ARRAY') return (value as unknown[]).map(v => ofType(v, type.items as TypeName))
  if (type.name === 'MAP') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, ofType(v, type.items as TypeName)]))
  }
  if (type.name !== 'STRUCT') {
    if (!TEXTS.includes(type.name)) return value
    return typeof value === 'object' ? canonicalJson(value) : String(value)
  }
  const given = new Map(Object.entries(value).map(([name, v]) => [name.toUpperCase(), v]))
  return Object.fromEntries(type.fields.map(f => [f.name, ofType(given.get(f.name), f.type)]))
}
