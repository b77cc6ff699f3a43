// Bytes to text: strict UTF-8.
//
// Promises: null instead of U+FFFD for anything that is not well-formed UTF-8 (Unicode 15, section 3.9), so two
// different records never decode to the same string. A byte order mark stays in the text; each format decides what it
// means.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 bytes, or null where they are malformed. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** The text without one trailing carriage return: lines that a Windows program wrote. */
export function withoutCarriageReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
