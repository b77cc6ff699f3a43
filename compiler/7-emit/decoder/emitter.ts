// The interface between the parts of the decoder generator: one object that emits the reading of any value.
//
// Promises: emitted code reads the value at `p` of bytes `b` (view `v`, exclusive `end`) and moves `p` behind it; on
// anything off its fast path it runs the `bail` statement. Which part emits which kind of schema is in `json.ts`.

import type { PlainSchema } from '../../../core/decode/tree.ts'
import type { Schema, Uses } from '../../../core/plan/schema.ts'
import { quotesPlainly } from '../../../core/scan/quotes-plainly.ts'

/** Where a value goes. */
export interface Target {
  /** The variable that gets the value; null where the value is only checked. */
  readonly into: string | null
  /** Which parts of it are used; ignored where `into` is null. */
  readonly uses: Uses
  /** Statement that gives the record up: `return undefined` or `return -1`. */
  readonly bail: string
}

export interface Emitter {
  /** The schema behind references. */
  resolve(schema: Schema): PlainSchema
  /** Statements that read the value at `p`. */
  value(schema: Schema, target: Target): string
  /** A name that no other part of the decoder has. */
  fresh(prefix: string): string
  /** Adds a statement that runs once, when the module is linked. */
  setup(statement: string): void
}

export const BLANKS = 'if (b[p] <= 32) p = skipBlanks(b, p, end)'

const utf8 = new TextEncoder()

/**
 * A condition that is true where the bytes of a text are at `p`. Words of four bytes are compared, the last one
 * overlapping. A later word is only read where the ones before it were equal, so that nothing is read far behind the
 * record.
 */
export function bytesAt(text: string): string {
  const bytes = utf8.encode(text)
  const view = new DataView(bytes.buffer)
  const at = (offset: number): string => (offset === 0 ? 'p' : `p + ${offset}`)
  if (bytes.length < 4) return [...bytes].map((byte, i) => `b[${at(i)}] === ${byte}`).join(' && ')
  const tests: string[] = []
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    tests.push(`v.getInt32(${at(offset)}, true) === ${view.getInt32(offset, true)}`)
  }
  const rest = bytes.length % 4
  if (rest === 1) tests.push(`b[${at(bytes.length - 1)}] === ${bytes[bytes.length - 1]}`)
  else if (rest > 0) {
    const offset = bytes.length - 4
    tests.push(`v.getInt32(${at(offset)}, true) === ${view.getInt32(offset, true)}`)
  }
  return tests.join(' && ')
}

export const byteLength = (text: string): number => utf8.encode(text).length

/** The quoted JSON spelling without escapes; null where there is none. */
export function quotedPlainly(text: string): string | null {
  return quotesPlainly(text) ? `"${text}"` : null
}
