// Custom formats: values by the author's `decode` lambda, or by one of `lyrebird/avro` and `lyrebird/protobuf`.
//
// Promises: what the lambda returns is normalised and of the whole declared type (semantics.md 3.3), or the record does
// not decode; reasons are fixed words, and what was thrown is kept for display only.
// Not here: which failures are not the record's own and end the run (the caller's `mustEnd`).

import type { SchemaDocument } from '../plan/schema.ts'
import { isThenable } from '../result/refusals.ts'
import { normalise, Unencodable } from '../values/canonical.ts'
import { type Decoding, type Fault, fault } from './fault.ts'
import { Validator } from './validate.ts'

/** The `decode` lambda of a node. */
export interface CustomDecode {
  readonly decode: (bytes: Uint8Array) => unknown
  /** Throws where a failure must end the run. */
  readonly mustEnd: (error: unknown) => void
}

export function customDecoder(schema: SchemaDocument, { decode, mustEnd }: CustomDecode) {
  const validator = new Validator(schema)
  return (bytes: Uint8Array | null): Decoding => {
    if (bytes === null) return fault('$', 'null value')
    let given: unknown
    try {
      // A copy: the lambda may keep or change what it gets, and the chunk's bytes are shared.
      given = decode(new Uint8Array(bytes))
    } catch (error) {
      mustEnd(error)
      return { ...fault('$', 'decode() threw'), thrown: { error } }
    }
    const plain = plainOf(given, mustEnd)
    return plain.ok ? validator.validate(plain.value) : plain
  }
}

/** What was given, normalised. Getters and proxies may throw on the way. */
function plainOf(given: unknown, mustEnd: CustomDecode['mustEnd']): { ok: true; value: unknown } | Fault {
  if (isThenable(given)) return fault('$', 'decode() returned a promise')
  try {
    return { ok: true, value: normalise(given) }
  } catch (error) {
    if (error instanceof Unencodable) return fault(error.path, `no plain data: ${error.reason}`)
    mustEnd(error)
    return { ...fault('$', 'decode() threw'), thrown: { error } }
  }
}
