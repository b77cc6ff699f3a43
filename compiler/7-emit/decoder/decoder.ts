// The decoder of a source as JavaScript: specialised to its format, its declared type and what the job uses of it.
//
// Promises: `NAME(bytes, view, start, end)` gives the value, or undefined where the obvious decoder must decide. It may
// read SCAN_PADDING bytes past the end (core/scan), never more.

import type { SourceNode } from '../../../core/plan/plan.ts'
import { csvDecoder } from './csv.ts'
import { type DecoderCode, jsonDecoder } from './json.ts'
import { bytesDecoder, linesDecoder } from './lines.ts'

/** What emitted decoders take from `api.scan`. */
export const SCAN_NAMES = [
  'Interner',
  'KeyTable',
  'RowScanner',
  'SCAN_PADDING',
  'asciiText',
  'bigintText',
  'isAscii',
  'isUtf8',
  'numberRead',
  'oddText',
  'paddedCopy',
  'plainBytes',
  'plainText',
  'readNumber',
  'seekField',
  'skipAny',
  'skipBlanks',
  'skipNumber',
  'skipText',
  'stopped',
  'utf8Text',
] as const

export function emitDecoder(name: string, source: Pick<SourceNode, 'params' | 'schema' | 'uses'>): DecoderCode {
  const { format } = source.params
  switch (format.kind) {
    case 'json':
      return jsonDecoder(name, source.schema, source.uses)
    case 'lines':
      return linesDecoder(name, source.schema)
    case 'csv':
      return csvDecoder(name, format, source.schema, source.uses)
    case 'bytes':
      return bytesDecoder(name)
    case 'custom':
      return { name, setup: `function ${name}() {\nreturn undefined\n}` }
  }
}
