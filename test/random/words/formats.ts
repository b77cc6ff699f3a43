// The sources of random jobs: the values of a topic, their format and their types.
//
// Promises: the printed type, the schema and the text of a record agree.

import type { FormatSpec } from '../../../core/plan/plan.ts'
import { ANY_JSON, type SchemaDocument } from '../../../core/plan/schema.ts'
import { EVENT_SCHEMA, type Event, type Spell, spellEvent } from '../../support/random-log.ts'
import { arrayOf, BYTES, maybe, NUMBER, recordOf, STRING, type ValueType } from './value-type.ts'

export type FormatName = 'events' | 'orders' | 'csv' | 'lines' | 'bytes' | 'custom'

export interface SourceFormat {
  readonly kind: FormatSpec['kind']
  readonly type: ValueType
  /** The type argument of `source`. */
  readonly typeText: string
  /** The option `format` as text; null for the default. */
  readonly option: string | null
  readonly schema: SchemaDocument
  /** The expression of the event time; null where there is none. */
  readonly time: string | null
  readonly spell: Spell
}

const ORDER_SCHEMA: SchemaDocument = {
  root: {
    kind: 'object',
    fields: [
      { name: 'at', schema: { kind: 'number' }, optional: false },
      {
        name: 'items',
        schema: {
          kind: 'array',
          items: {
            kind: 'object',
            fields: [
              { name: 'n', schema: { kind: 'number' }, optional: false },
              { name: 'sku', schema: { kind: 'string' }, optional: false },
            ],
          },
        },
        optional: false,
      },
      {
        name: 'user',
        schema: {
          kind: 'object',
          fields: [
            { name: 'age', schema: { kind: 'number' }, optional: true },
            { name: 'id', schema: { kind: 'string' }, optional: false },
          ],
        },
        optional: false,
      },
    ],
  },
  defs: {},
}

const order = ({ t, k, n, tags }: Event, spelling: number): string =>
  JSON.stringify({
    user: { id: k, ...(spelling === 1 ? {} : { age: n }) },
    items: (tags ?? []).map(sku => ({ sku, n })),
    at: t,
    ...(spelling === 2 ? { unknown: [] } : {}),
  })

const LINE_SCHEMA: SchemaDocument = { root: { kind: 'string' }, defs: {} }
const ROW_SCHEMA_FIELDS = [
  { name: 'k', schema: { kind: 'string' }, optional: false },
  { name: 'n', schema: { kind: 'number' }, optional: false },
  { name: 't', schema: { kind: 'number' }, optional: false },
] as const
const ROW_SCHEMA: SchemaDocument = { root: { kind: 'object', fields: ROW_SCHEMA_FIELDS }, defs: {} }

export const FORMATS: Readonly<Record<FormatName, SourceFormat>> = {
  events: {
    kind: 'json',
    type: recordOf({ k: STRING, n: NUMBER, t: NUMBER, tags: maybe(arrayOf(STRING)) }),
    typeText: '{ t: number; k: string; n: number; tags?: string[] }',
    option: null,
    schema: EVENT_SCHEMA,
    time: 'v.t',
    spell: spellEvent,
  },
  orders: {
    kind: 'json',
    type: recordOf({
      at: NUMBER,
      user: recordOf({ id: STRING, age: maybe(NUMBER) }),
      items: arrayOf(recordOf({ sku: STRING, n: NUMBER })),
    }),
    typeText: '{ at: number; user: { id: string; age?: number }; items: { sku: string; n: number }[] }',
    option: null,
    schema: ORDER_SCHEMA,
    time: 'v.at',
    spell: order,
  },
  csv: {
    kind: 'csv',
    type: recordOf({ k: STRING, n: NUMBER, t: NUMBER }),
    typeText: '{ t: number; k: string; n: number }',
    option: "csv({ columns: ['t', 'k', 'x', 'n'] })",
    schema: ROW_SCHEMA,
    time: 'v.t',
    spell: ({ t, k, n }, spelling) =>
      `${t},${spelling === 1 && !/[,"\r\n]/.test(k) ? k : `"${k.replaceAll('"', '""')}"`},,${n}`,
  },
  lines: {
    kind: 'lines',
    type: STRING,
    typeText: 'string',
    option: 'lines()',
    schema: LINE_SCHEMA,
    time: null,
    spell: ({ k, n }, spelling) => (spelling === 1 ? k : `${k} ${n}`),
  },
  bytes: {
    kind: 'bytes',
    type: BYTES,
    typeText: 'Uint8Array',
    option: 'bytes()',
    schema: ANY_JSON,
    time: null,
    spell: ({ k }) => k,
  },
  custom: {
    kind: 'custom',
    type: recordOf({ k: STRING, n: NUMBER }),
    typeText: '{ k: string; n: number }',
    option:
      "format«<{ k: string; n: number }>»({ decode: b => { if (b.length === 3) throw new Error('three'); return { k: String(b[0] ?? ''), n: b.length } } })",
    schema: { root: { kind: 'object', fields: ROW_SCHEMA_FIELDS.slice(0, 2) }, defs: {} },
    time: null,
    spell: ({ k }) => k,
  },
}
