// Site facts written by hand, and calls marked as the compiler marks them.

import type { CallFacts, CallFactsById, LambdaCallFacts } from '../../../compiler/call-facts.ts'
import { CALL_MARK } from '../../../core/plan/graph.ts'
import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'

/** An object type with fields of numbers, or of further objects. */
export interface Fields {
  readonly [name: string]: Fields | 'number'
}

export function objectSchema(fields: Fields): SchemaDocument {
  return { root: schemaOf(fields), defs: {} }
}

function schemaOf(fields: Fields): Schema {
  const entries = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    kind: 'object',
    fields: entries.map(([name, inner]) => ({
      name,
      schema: inner === 'number' ? { kind: 'number' } : schemaOf(inner),
      optional: false,
    })),
  }
}

/** The facts of one call. `at` follows from the site number and `line`. */
export interface Fact {
  readonly schema?: SchemaDocument
  readonly lambdas?: Readonly<
    Record<string, { readonly uses?: Uses; readonly hash?: string | null; readonly usesRecord?: boolean }>
  >
}

/** Facts by site number; `line` moves every place, as reformatting does. */
export function factsOf(calls: Readonly<Record<number, Fact>>, line = 1): CallFactsById {
  const entries = Object.entries(calls).map(([site, { schema = null, lambdas = {} }]): [number, CallFacts] => {
    const at = `job.ts:${line}:${site}`
    const known = Object.entries(lambdas).map(([slot, { uses = true, hash = null, usesRecord = false }]) => {
      const facts: LambdaCallFacts = { at, uses, hash, usesRecord }
      return [slot, facts] as const
    })
    return [Number(site), { at, schema, lambdas: Object.fromEntries(known) }]
  })
  return new Map(entries)
}

/** A call of the language with the mark that the compiler would append. */
export function marked<Result>(
  call: (...args: never[]) => Result,
  site: number,
  args: readonly unknown[],
  captured?: Readonly<Record<string, () => Readonly<Record<string, unknown>>>>,
): Result {
  const mark = captured === undefined ? { [CALL_MARK]: site } : { [CALL_MARK]: site, captured }
  return (call as unknown as (...args: unknown[]) => Result)(...args, mark)
}
