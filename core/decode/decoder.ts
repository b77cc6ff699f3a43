// The obvious decoder: a record's value bytes, or the path and the reason why they are not of the declared type.
//
// Promises: total (it throws only what must end the run) and deterministic. It defines what a record means: the
// reference uses it for every record, the executors for every record that their emitted fast decoder does not accept.
// The whole declared type is validated; fields that are not declared are dropped (semantics.md 3.2).
// Not here: the formats (`text.ts`, `json.ts`, `csv.ts`, `custom.ts`) and the declared type (`validate.ts`).

import type { RowLayout } from '../log/row-layout.ts'
import type { CsvFormat, FormatSpec, Lambdas, SourceNode } from '../plan/plan.ts'
import type { SchemaDocument } from '../plan/schema.ts'
import { RowReader } from './csv.ts'
import { type CustomDecode, customDecoder } from './custom.ts'
import { type Decoding, decoded, fault } from './fault.ts'
import { parseJson } from './json.ts'
import { decodeUtf8, withoutCarriageReturn } from './text.ts'
import { needsExactIntegers, Validator } from './validate.ts'

/**
 * Value bytes to a value. Null bytes (a record without value) are a fault in every format. `layout` is what the log
 * says of its rows; only CSV looks at it.
 */
export type Decoder = (bytes: Uint8Array | null, layout?: RowLayout) => Decoding

/** The decoder of a source node. `mustEnd` throws a lambda's error where it must end the run. */
export function sourceDecoder(
  { id, params, schema }: Pick<SourceNode, 'id' | 'params' | 'schema'>,
  lambdas: Lambdas,
  mustEnd: (error: unknown) => void,
): Decoder {
  const decode = lambdas[id]?.decode as CustomDecode['decode'] | undefined
  return makeDecoder(params.format, schema, decode === undefined ? undefined : { decode, mustEnd })
}

/** The decoder of a format. The schema's `ref`s must have their definitions; a missing one is a bug of ours. */
export function makeDecoder(format: FormatSpec, schema: SchemaDocument, custom?: CustomDecode): Decoder {
  switch (format.kind) {
    case 'json':
      return jsonDecoder(schema)
    case 'lines':
      return linesDecoder(schema)
    case 'csv':
      return csvDecoder(format, schema)
    case 'bytes':
      return bytes => (bytes === null ? fault('$', 'null value') : decoded(new Uint8Array(bytes)))
    case 'custom':
      if (custom === undefined) throw new Error(`lyrebird invariant broken: format ${format.name} has no decode lambda`)
      return customDecoder(schema, custom)
  }
}

function jsonDecoder(schema: SchemaDocument): Decoder {
  const validator = new Validator(schema)
  const exact = needsExactIntegers(schema)
  return textDecoder(text => {
    const parsed = parseJson(text, exact)
    if (parsed.ok) return validator.validate(parsed.tree)
    const { reason, detail } = parsed
    return detail === undefined ? fault('$', reason) : { ...fault('$', reason), detail }
  })
}

function linesDecoder(schema: SchemaDocument): Decoder {
  const validator = new Validator(schema)
  return textDecoder(text => {
    const line = withoutCarriageReturn(text)
    return line === '' ? fault('$', 'empty') : validator.validate(line)
  })
}

function csvDecoder(format: CsvFormat, schema: SchemaDocument): Decoder {
  const rows = new RowReader(new Validator(schema), format)
  return textDecoder((text, layout) => {
    const line = withoutCarriageReturn(text)
    return line === '' ? fault('$', 'empty') : rows.read(line, layout)
  })
}

function textDecoder(read: (text: string, layout: RowLayout | undefined) => Decoding): Decoder {
  return (bytes, layout) => {
    if (bytes === null) return fault('$', 'null value')
    const text = bytes.length === 0 ? '' : decodeUtf8(bytes)
    return text === null ? fault('$', 'invalid UTF-8') : read(text, layout)
  }
}
