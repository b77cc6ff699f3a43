// Emitted decoders in tests: evaluated from their text, run over bytes inside a larger buffer.

import { layout } from '../../../compiler/7-emit/code.ts'
import { emitDecoder, SCAN_NAMES } from '../../../compiler/7-emit/decoder/decoder.ts'
import type { RowLayout } from '../../../core/log/row-layout.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import type { SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { SCAN } from '../../../core/scan/scan.ts'

/** `layout`: that of the chunk. */
export type FastDecoder = (bytes: Uint8Array, layout?: RowLayout) => unknown

/** The decoder's code, formatted. */
export function decoderText(format: FormatSpec, schema: SchemaDocument, uses: Uses): string {
  return layout(emitted(format, schema, uses).setup)
}

function emitted(format: FormatSpec, schema: SchemaDocument, uses: Uses) {
  const params = { topic: 't', format, disorderMs: 0, aheadMs: null, validate: 'full' as const, upserts: false }
  return emitDecoder('decode', { params, schema, uses })
}

/** The decoder; it gives undefined for a record that it declines and the obvious decoder must read. */
export function fastDecoder(format: FormatSpec, schema: SchemaDocument, uses: Uses = true): FastDecoder {
  const { setup, enter = '' } = emitted(format, schema, uses)
  const code = `'use strict'\nconst { ${SCAN_NAMES.join(', ')} } = scan\n${setup}\nreturn { decode, enter(chunk) { ${enter} } }`
  const { decode, enter: bind } = new Function('scan', code)(SCAN) as {
    readonly decode: (b: Uint8Array, v: DataView, p: number, end: number) => unknown
    readonly enter: (chunk: { readonly layout: RowLayout | undefined }) => void
  }
  return (bytes, rows) => {
    bind({ layout: rows })
    // More JSON follows the record: a decoder that reads past the end gives another value.
    const buffer = new Uint8Array(bytes.length + 2 * SCAN.SCAN_PADDING + 7)
    buffer.fill(0x31)
    buffer.set(bytes, 7)
    buffer.set(TAIL, 7 + bytes.length)
    return decode(buffer, new DataView(buffer.buffer), 7, 7 + bytes.length)
  }
}

const TAIL = new TextEncoder().encode('"}],"a":1,"b":[{}]}]}')
