// Reified types: the data form of the TypeScript types that meet bytes.
//
// Promises: one plain JSON tree that the compiler writes and that decoders (emitted and obvious), documentation and
// generators read.
// Not here: which types can be reified (`compiler/2-check`).

export type Schema =
  | { readonly kind: 'unknown' } // any JSON value
  | { readonly kind: 'never' } // no value: a field declared absent, the items of an array that must be empty
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number' }
  | { readonly kind: 'bigint' } // a JSON integer without fraction or exponent, exact
  | { readonly kind: 'string' }
  | { readonly kind: 'bytes' } // a Uint8Array: only in custom formats
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'array'; readonly items: Schema }
  | {
      readonly kind: 'tuple'
      readonly items: readonly Schema[]
      readonly required: number
      readonly rest: Schema | null
    }
  | { readonly kind: 'object'; readonly fields: readonly SchemaField[] } // sorted by name; other fields are ignored
  | { readonly kind: 'record'; readonly values: Schema } // Record<string, V>: fields of whatever name
  | { readonly kind: 'union'; readonly members: readonly Schema[]; readonly discriminant: string | null }
  | { readonly kind: 'ref'; readonly name: string } // into SchemaDocument.defs: recursive types

export interface SchemaField {
  readonly name: string
  readonly schema: Schema
  readonly optional: boolean
}

/** A schema with the named types that its `ref`s point to. */
export interface SchemaDocument {
  readonly root: Schema
  readonly defs: Readonly<Record<string, Schema>>
}

export const ANY_JSON: SchemaDocument = Object.freeze({
  root: Object.freeze({ kind: 'unknown' as const }),
  defs: Object.freeze({}),
})

/**
 * Which parts of a value are used: `true` = the whole; otherwise by field name, `[]` for the elements of an array (or a
 * record's values). `{}` = presence only.
 */
export type Uses = true | { readonly [field: string]: Uses }

/** The union of two use sets. */
export function joinUses(a: Uses, b: Uses): Uses {
  if (a === true || b === true) return true
  const out: Record<string, Uses> = Object.create(null)
  for (const [k, v] of Object.entries(a)) out[k] = v
  for (const [k, v] of Object.entries(b)) out[k] = out[k] === undefined ? v : joinUses(out[k] as Uses, v)
  return out
}
