// A job's result as plain values, for expectations.

import type { JobResult } from '../../core/result/result.ts'
import { ByteReader } from '../../core/values/bytes.ts'
import { decodeValue } from '../../core/values/canonical.ts'

/**
 * Rows of a view: `[start, key, value]`, without window `[key, value]`; the value of an error row is `ERROR node:
 * reason`.
 */
export function rowsOf(result: JobResult, view: string): unknown[][] {
  const rows = result.views.get(view)
  if (rows === undefined) throw new Error(`no view ${view}`)
  return rows.map(({ key, value, error }) => [
    ...valuesIn(key),
    error === null ? valuesIn(value as Uint8Array)[0] : `ERROR ${error.node}: ${error.reason}`,
  ])
}

/** Late records as `topic/partition:offset at time`. */
export const lateOf = (result: JobResult): string[] =>
  result.late.map(l => `${l.topic}/${l.partition}:${l.offset} at ${l.time}`)

/** Dead letters as `node kind path: reason`. */
export const deadOf = (result: JobResult): string[] =>
  result.dead.map(d => `${d.node} ${d.kind} ${d.path === undefined ? '' : `${d.path}: `}${d.reason}`)

const utf8 = new TextDecoder()

/** Records of an output by partition, as `timestamp key value`. */
export function writtenOf(result: JobResult, output: string): string[][] {
  const partitions = result.outputs.get(output)
  if (partitions === undefined) throw new Error(`no output ${output}`)
  return partitions.map(records =>
    records.map(r => `${r.timestamp} ${r.key === null ? 'null' : utf8.decode(r.key)} ${utf8.decode(r.value)}`),
  )
}

/** Consecutive canonical values. */
export function valuesIn(bytes: Uint8Array): unknown[] {
  const reader = new ByteReader(bytes)
  const values: unknown[] = []
  while (reader.position < bytes.length) values.push(decodeValue(reader))
  return values
}
