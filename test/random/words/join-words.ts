// The words that join: `lookup` in fixed data, `joinWithin` of two streams, `joinTables` of two tables.

import type { Draw } from '../draw.ts'
import type { Place, Shape } from '../shape.ts'
import { lambda, type Subject, text } from './lambdas.ts'
import { MAX_JOINED } from './ordered-words.ts'
import { depthOf, maybe, NUMBER, recordOf, STRING, type ValueType } from './value-type.ts'
import { type Made, STREAMS, type Surroundings, type Word } from './word.ts'

type JoinKind = 'lookup' | 'joinWithin' | 'joinTables'

/** Sessions are not joined. */
const JOINABLE: readonly Shape[] = ['global', 'upserts', 'timed']

export const joinWords: { readonly [K in JoinKind]: Word } = {
  lookup: { takes: STREAMS, gives: STREAMS, labels: ['lookup'], make: lookup },
  joinWithin: {
    takes: ['keyed'],
    gives: ['keyed'],
    labels: ['joinWithin'],
    others: { 'joinWithin:right': ['keyed'] },
    make: joinWithin,
  },
  joinTables: {
    takes: JOINABLE,
    gives: ['global', 'timed'],
    labels: ['joinTables'],
    others: { 'joinTables:right': JOINABLE },
    make: joinTables,
  },
}

const SNAPSHOTS: readonly (readonly [text: string, type: ValueType])[] = [
  ["snapshot({ a: 1, b: 2, ['__proto__']: 3, x: 4 })", NUMBER],
  ["snapshot([{ id: 'a', w: 0.5 }, { id: '', w: -1 }], { key: row => row.id })", recordOf({ id: STRING, w: NUMBER })],
]

function lookup(draw: Draw, input: Place): Made | null {
  if (depthOf(input.value) > MAX_JOINED) return null
  const [data, type] = draw.oneOf(SNAPSHOTS)
  const subject: Subject = { type: input.value, second: input.lineage }
  const own = input.key?.kind === 'string' && draw.once(2)
  const left = draw.once(2)
  const options = [
    ...(own ? [] : [`key: ${lambda(draw, subject, text(draw, subject))}`]),
    ...(left ? ["type: 'left'"] : []),
  ]
  return {
    call: `.lookup(${data}${options.length === 0 ? '' : `, { ${options.join(', ')} }`})`,
    others: [],
    place: {
      ...input,
      value: recordOf({ left: input.value, right: left ? maybe(type) : type }),
      labels: ['lookup'],
    },
  }
}

const BOUNDS = ['0s', '5s', '1ms', '20s'] as const
const TYPES = ['inner', 'left', 'right', 'full'] as const

function joinWithin(draw: Draw, input: Place, around: Surroundings): Made | null {
  const want = { shape: 'keyed' as const, key: input.key, value: null }
  const right = around.partner(draw, 'joinWithin:right', want)
  if (depthOf(input.value) > MAX_JOINED || depthOf(right.value) > MAX_JOINED) return null
  const type = draw.oneOf(TYPES)
  const bounds = `before: '${draw.oneOf(BOUNDS)}', after: '${draw.oneOf(BOUNDS)}'`
  return {
    call: `.joinWithin(${right.name}, { ${bounds}${type === 'inner' ? '' : `, type: '${type}'`} })`,
    others: [right],
    place: {
      ...input,
      value: recordOf({
        left: type === 'right' || type === 'full' ? maybe(input.value) : input.value,
        right: type === 'left' || type === 'full' ? maybe(right.value) : right.value,
      }),
      lineage: 'derived',
      labels: ['joinWithin'],
    },
  }
}

const TABLE_TYPES = ['inner', 'left', 'full'] as const

function joinTables(draw: Draw, input: Place, around: Surroundings): Made | null {
  const right = around.table('joinTables:right', input)
  if (depthOf(input.value) > MAX_JOINED || depthOf(right.value) > MAX_JOINED) return null
  const type = draw.oneOf(TABLE_TYPES)
  return {
    call: `.joinTables(${right.name}${type === 'inner' ? '' : `, { type: '${type}' }`})`,
    others: [right],
    place: {
      ...input,
      shape: input.shape === 'timed' ? 'timed' : 'global',
      value: recordOf({
        left: type === 'full' ? maybe(input.value) : input.value,
        right: type === 'inner' ? right.value : maybe(right.value),
      }),
      labels: ['joinTables'],
      versions: null,
    },
  }
}
