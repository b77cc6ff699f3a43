// The first difference between two results, in readable form.
//
// Promises: null if and only if the results are equal byte for byte; what dead letters only display is not compared.
// The first difference is the same whichever executor is on the left.

import { ByteReader, bytesToHex, bytesToLatin1 } from '../values/bytes.ts'
import { decodeValue } from '../values/canonical.ts'
import { canonicalJson } from '../values/json-text.ts'
import type { DeadLetter } from './dead-letter.ts'
import { identityText, type JobResult, type OutputRecord, type ViewRow } from './result.ts'

export interface Difference {
  /** `results`, `watermarks`, `views/NAME`, `outputs/NAME/PARTITION`, `late`, `dead-letters` or `emitted`. */
  readonly part: string
  /** What differs there: a row key, an index, a position, a name. */
  readonly key: string
  /** The two sides, readable; `absent` where a side has nothing. */
  readonly left: string
  readonly right: string
}

/** One thing to compare; `shown` and `name` are computed only for the one that differs. */
interface Cell {
  readonly exact: string
  readonly shown: () => string
  readonly name: () => string
}

/** Cells by a key that sorts. */
type Part = ReadonlyMap<string, Cell>

/** The first difference of two results, or null where they are equal. */
export function compareResults(left: JobResult, right: JobResult): Difference | null {
  const a = partsOf(left)
  const b = partsOf(right)
  for (const part of [...new Set([...a.keys(), ...b.keys()])]) {
    const difference = compareParts(part, a.get(part) ?? new Map(), b.get(part) ?? new Map())
    if (difference !== null) return difference
  }
  return null
}

function compareParts(part: string, a: Part, b: Part): Difference | null {
  let first: string | null = null
  const consider = (key: string): void => {
    if (a.get(key)?.exact !== b.get(key)?.exact && (first === null || key < first)) first = key
  }
  for (const key of a.keys()) consider(key)
  for (const key of b.keys()) consider(key)
  if (first === null) return null
  const [x, y] = [a.get(first), b.get(first)]
  return { part, key: ((x ?? y) as Cell).name(), left: x?.shown() ?? 'absent', right: y?.shown() ?? 'absent' }
}

/** A result's parts, in the order of comparison: causes before consequences. */
function partsOf(result: JobResult): Map<string, Part> {
  const names = [...result.views.keys()]
    .map(n => `view ${n}`)
    .concat([...result.outputs.keys()].map(n => `output ${n}`))
  const parts = new Map<string, Part>([
    ['results', new Map(names.map(n => [n, cell(n, 'present')]))],
    ['watermarks', new Map([...result.watermarks].map(([node, w]) => [node, cell(node, String(w))]))],
    ['late', new Map(result.late.map(l => [sortable(l.source, l.topic, l.partition, l.offset), lateCell(l)]))],
    ['dead-letters', new Map(result.dead.map(d => [`${d.node} ${bytesToHex(d.identity)}`, deadCell(d)]))],
  ])
  for (const [name, rows] of result.views) {
    parts.set(`views/${name}`, new Map(rows.map(row => [bytesToLatin1(row.key), rowCell(row)])))
  }
  for (const [name, partitions] of result.outputs) {
    for (const [index, records] of partitions.entries()) {
      parts.set(`outputs/${name}/${index}`, new Map(records.map((r, at) => [sortable(at), recordCell(r, at)])))
    }
  }
  parts.set(
    'emitted',
    new Map([...result.emitted].map(([n, h]) => [n, cell(n, `${h.count} rows, digest ${h.digest}`)])),
  )
  return parts
}

const cell = (name: string, text: string): Cell => ({ exact: text, shown: () => text, name: () => name })

const sortable = (...parts: readonly (string | number | bigint)[]): string =>
  parts.map(p => (typeof p === 'string' ? p : String(p).padStart(20, '0'))).join(' ')

function lateCell(row: JobResult['late'][number]): Cell {
  return cell(`${row.source} ${row.topic}/${row.partition}:${row.offset}`, `time ${row.time}`)
}

function deadCell({ node, identity, kind, path, reason }: DeadLetter): Cell {
  return cell(`${node} ${identityText(identity)}`, `${kind}: ${path === undefined ? '' : `${path}: `}${reason}`)
}

function rowCell(row: ViewRow): Cell {
  return {
    exact: row.error === null ? `value ${exactly(row.value)}` : `error ${row.error.node} ${row.error.reason}`,
    shown: () =>
      row.error === null ? valueTexts(row.value as Uint8Array) : `error of ${row.error.node}: ${row.error.reason}`,
    name: () => valueTexts(row.key),
  }
}

function recordCell(record: OutputRecord, index: number): Cell {
  const headers = record.headers.map(h => `${JSON.stringify(h.key)}=${hex(h.value)}`).join(' ')
  return {
    exact: `${record.timestamp} ${headers} ${exactly(record.key)} ${exactly(record.value)}`,
    shown: () => `timestamp ${record.timestamp} key ${text(record.key)} value ${text(record.value)} headers ${headers}`,
    name: () => `record ${index}`,
  }
}

/** Bytes as a text, prefixed with their length, so that only equal bytes have equal texts. */
const exactly = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : `${bytes.length}:${bytesToLatin1(bytes)}`

const hex = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : bytesToHex(bytes))

const utf8 = new TextDecoder()
const text = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : utf8.decode(bytes))

/** Concatenated canonical values, as JSON. */
function valueTexts(bytes: Uint8Array): string {
  const reader = new ByteReader(bytes)
  const texts: string[] = []
  while (reader.position < bytes.length) texts.push(canonicalJson(decodeValue(reader)))
  return texts.join(' ')
}
