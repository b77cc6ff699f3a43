// `ndjson(...)`: binds a view to a file of JSON lines in a configuration file.

import { resolve } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import type { RowSinkDefinition } from '../../core/sink/row-sink.ts'
import { NdjsonSink } from './ndjson-sink.ts'

/**
 * The rows of a view as lines of a file, to which what has changed is appended with each commit:
 *
 *     sinks: { traffic: ndjson({ file: 'traffic.ndjson' }) }
 *
 * Throws `usage` where the file is not named.
 */
export function ndjson(options: { readonly file: string }): RowSinkDefinition {
  const { file, ...rest } = options
  const [unknown] = Object.keys(rest)
  if (typeof file !== 'string' || file === '' || unknown !== undefined) {
    const what = unknown === undefined ? 'lacks file' : `has no option ${unknown}`
    throw new LyrebirdError('usage', `ndjson() ${what}`, { hint: "write ndjson({ file: 'traffic.ndjson' })" })
  }
  return Object.freeze({
    kind: 'ndjson',
    place: `file ${file}`,
    open: (given: Parameters<RowSinkDefinition['open']>[0]) => new NdjsonSink(given, resolve(file)),
  })
}
