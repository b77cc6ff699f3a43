// Both directions of a format, as the nodes of a job call them.

import { formatParts } from '../../dsl/sources/format.ts'

export interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown
  readonly encode: (value: unknown) => Uint8Array
}

export function codecIn(format: unknown): Codec {
  const parts = formatParts(format)
  if (parts === null || parts.decode === null || parts.encode === null) throw new Error('no format of both directions')
  return {
    decode: parts.decode.fn as unknown as Codec['decode'],
    encode: parts.encode.fn as unknown as Codec['encode'],
  }
}
