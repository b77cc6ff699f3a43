// The columns of a view's table in Postgres, from the types of its keys and values.
//
// Promises: a function of the view alone: the key's fields, the window's bounds, the value's fields, each by name; a
// type without a column type of its own is `jsonb`. A value's field that has the name of an earlier column gets
// `value_` before it.
// Not here: what a cell holds (`cells.ts`).

import { toUSVString } from 'node:util'
import { LyrebirdError } from '../../core/errors.ts'
import type { Schema, SchemaDocument } from '../../core/plan/schema.ts'
import type { SinkRow, SinkView } from '../../core/sink/row-sink.ts'

export type ColumnType = 'double precision' | 'text' | 'boolean' | 'numeric' | 'bytea' | 'jsonb' | 'timestamptz'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly part: 'key' | 'value'
  /** The value of a cell; undefined and null are NULL. */
  readonly of: (row: SinkRow) => unknown
}

/** The column of the canonical key, which is the primary key. */
export const KEY_COLUMN = 'row_key'
/** Why a row has no value: the lambda that threw for it. */
export const ERROR_COLUMN = 'row_error'

/** Postgres cuts longer names off. */
const NAME_BYTES = 63

/** The columns beside `KEY_COLUMN`. Throws `sink-refused` for names that Postgres cannot have. */
export function columnsOf(view: SinkView): readonly Column[] {
  const columns: Column[] = []
  const taken = new Set<string>([KEY_COLUMN, ERROR_COLUMN])
  const add = (wanted: string, { type, part, of }: Omit<Column, 'name'>, second = `${part}_`): void => {
    const name = taken.has(wanted) ? second + wanted : wanted
    if (taken.has(name) || !fits(name)) throw noColumn(view.name, name)
    taken.add(name)
    columns.push({ name, type, part, of })
  }
  for (const { name, type, of } of partsOf(view.key, 'key')) add(name, { type, part: 'key', of: row => of(row.key) })
  if (view.windows !== 'none') {
    const window = { type: 'timestamptz', part: 'key' } as const
    add('window_start', { ...window, of: row => row.window?.start }, 'window_')
    add('window_end', { ...window, of: row => row.window?.end }, 'window_')
  }
  const value = (row: SinkRow): unknown => (row.content.kind === 'value' ? row.content.value : undefined)
  for (const { name, type, of } of partsOf(view.value, 'value')) {
    add(name, { type, part: 'value', of: row => of(value(row)) })
  }
  const failure = ({ content }: SinkRow): unknown =>
    content.kind === 'failed' ? { node: content.node, reason: content.reason } : undefined
  return [...columns, { name: ERROR_COLUMN, type: 'jsonb', part: 'value', of: failure }]
}

interface Part {
  readonly name: string
  readonly type: ColumnType
  readonly of: (whole: unknown) => unknown
}

/** The fields of an object, or the whole under a name. */
function partsOf({ root, defs }: SchemaDocument, whole: string): readonly Part[] {
  const open = opened(root, defs)
  if (open.kind === 'null' || open.kind === 'never') return []
  if (open.kind !== 'object') return [{ name: whole, type: typeOf(open, defs), of: value => value }]
  return open.fields.map(({ name, schema }) => ({
    name,
    type: typeOf(schema, defs),
    of: value => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
  }))
}

function opened(schema: Schema, defs: SchemaDocument['defs']): Schema {
  let at = schema
  // A reference to itself alone is no type.
  for (let depth = 0; at.kind === 'ref' && depth < 64; depth++) at = defs[at.name] ?? { kind: 'unknown' }
  return at
}

/** NULL stands for null and for a field that is not there, so that neither counts for the type. */
function typeOf(schema: Schema, defs: SchemaDocument['defs']): ColumnType {
  const open = opened(schema, defs)
  const members = open.kind === 'union' ? open.members.map(member => opened(member, defs)) : [open]
  const types = new Set(members.filter(({ kind }) => kind !== 'null' && kind !== 'never').map(scalarType))
  const [only = 'text', ...more] = types
  return more.length > 0 || only === null ? 'jsonb' : only
}

function scalarType(schema: Schema): ColumnType | null {
  switch (schema.kind) {
    case 'number':
      return 'double precision'
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    case 'bigint':
      return 'numeric'
    case 'bytes':
      return 'bytea'
    case 'literal':
      return LITERALS[typeof schema.value] ?? null
    default:
      return null
  }
}

const LITERALS: Readonly<Partial<Record<string, ColumnType>>> = {
  string: 'text',
  number: 'double precision',
  boolean: 'boolean',
}

const fits = (name: string): boolean =>
  name !== '' && !name.includes('\0') && toUSVString(name) === name && Buffer.byteLength(name) <= NAME_BYTES

function noColumn(view: string, name: string): LyrebirdError {
  return new LyrebirdError(
    'sink-refused',
    `view ${view} has a field that cannot be a column of its own in Postgres: ${JSON.stringify(name.slice(0, 80))}`,
    {
      where: { view, field: name.slice(0, 80) },
      hint: `give it another name with mapValues() before it is the view; a name has 1 to ${NAME_BYTES} bytes, and none comes twice`,
    },
  )
}
