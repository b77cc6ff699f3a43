// Bytes of a key, a header or a value, for people: as text where they are one, else in hexadecimal; and what they seem
// to be.
//
// Promises: text is shown as it is, never parsed and written again, so no number loses a digit.

import { isUtf8 } from 'node:buffer'

type Kind = 'json' | 'text' | 'bytes'

interface Shown {
  readonly kind: Kind
  /** Text; null where the bytes are none. */
  readonly text: string | null
  /** `json, 12 bytes` and the like. */
  readonly about: string
}

export function shownBytes(bytes: Uint8Array): Shown {
  const size = `${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}`
  const text = textOf(bytes)
  if (text !== null) {
    const kind = isJson(text) ? 'json' : 'text'
    return { kind, text, about: `${kind}, ${size}` }
  }
  const schema = schemaId(bytes)
  return {
    kind: 'bytes',
    text: null,
    about: schema === null ? size : `${size}, schema id ${schema} if from a registry`,
  }
}

/** The id behind the zero byte that serialisers of a schema registry write first. */
function schemaId(bytes: Uint8Array): number | null {
  if (bytes.length < 5 || bytes[0] !== 0) return null
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
}

/** Control characters but white space are no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f]/

function textOf(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  return CONTROL.test(text) ? null : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const ROW = 16

/** Lines of 16 bytes in hexadecimal with their place, and as ASCII. */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = Buffer.from(bytes.subarray(at, at + ROW))
    const hex = row.toString('hex').replace(/..(?=.)/g, '$& ')
    const ascii = row.toString('latin1').replace(/[^\x20-\x7e]/g, '.')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(ROW * 3 - 1)}  ${ascii}`)
  }
  return lines
}
