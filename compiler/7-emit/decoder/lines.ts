// The emitted decoders of plain lines and plain bytes.

import type { SchemaDocument } from '../../../core/plan/schema.ts'
import type { DecoderCode } from './json.ts'

/** One string per record, without a trailing carriage return. Reads plain ASCII; the obvious decoder reads the rest. */
export function linesDecoder(name: string, document: SchemaDocument): DecoderCode {
  if (document.root.kind !== 'string') return { name, setup: `function ${name}() {\nreturn undefined\n}` }
  const setup = `const ${name}Texts = new Interner()
    function ${name}(b, v, p, end) {
      const stop = end > p && b[end - 1] === 13 ? end - 1 : end
      if (stop === p) return undefined
      if (isAscii(v, p, stop)) return ${name}Texts.text(b, v, p, stop)
      return isUtf8(b, p, stop) ? utf8Text(b, p, stop) : undefined
    }`
  return { name, setup }
}

export function bytesDecoder(name: string): DecoderCode {
  return { name, setup: `function ${name}(b, v, p, end) {\nreturn b.slice(p, end)\n}` }
}
