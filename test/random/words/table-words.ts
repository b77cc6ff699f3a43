// The words that make tables and read them: `aggregate` and its short forms, and the methods of a table.

import type { AggregationKind } from '../../../core/plan/aggregation-spec.ts'
import type { NodeKind, WindowSpec } from '../../../core/plan/plan.ts'
import type { Draw } from '../draw.ts'
import type { Place, Shape } from '../shape.ts'
import { AGGREGATIONS } from './aggregations.ts'
import { anything, lambda, number, predicate, type Subject } from './lambdas.ts'
import { depthOf, recordOf, type ValueType } from './value-type.ts'
import { WINDOWS } from './windows.ts'
import type { Made, Surroundings, Word } from './word.ts'

type TableKind = 'aggregate' | 'mapTable' | 'filterTable' | 'keep' | 'closed'

export const AGGREGATION_KINDS = Object.keys(AGGREGATIONS) as AggregationKind[]
export const WINDOW_KINDS = Object.keys(WINDOWS) as WindowSpec['kind'][]
export const fieldLabel = (kind: AggregationKind): string => `aggregate:${kind}`
export const windowLabel = (kind: WindowSpec['kind']): string => `window:${kind}`

export const TABLES: readonly Shape[] = ['global', 'upserts', 'timed', 'session']
const WINDOWED: readonly Shape[] = ['timed', 'session']
const MADE: readonly Shape[] = ['global', 'timed', 'session']
/** Aggregations with a short form: `.count()`. */
const SHORT: ReadonlySet<AggregationKind> = new Set(['count', 'sum', 'min', 'max', 'mean'])
/** Names of fields. Not `constructor` and the like, for which TypeScript takes the types of Object's members. */
const NAMES = ['a', '$b', 'b', '_', 'c'] as const

const rowSubject = ({ value }: Place): Subject => ({ type: value, second: 'row' })

export const tableWords: { readonly [K in TableKind]: Word } = {
  aggregate: {
    takes: ['keyed'],
    gives: MADE,
    labels: [...AGGREGATION_KINDS.map(fieldLabel), ...WINDOW_KINDS.map(windowLabel)],
    make: aggregate,
  },
  mapTable: tableStep('mapTable', TABLES, (draw, input) => {
    const subject = rowSubject(input)
    const given = depthOf(input.value) > 2 ? number(draw, subject) : anything(draw, subject)
    return { call: `.mapValues(${lambda(draw, subject, given)})`, value: given.type }
  }),
  filterTable: tableStep('filterTable', TABLES, (draw, input) => {
    const subject = rowSubject(input)
    return { call: `.filter(${lambda(draw, subject, predicate(draw, subject))})` }
  }),
  keep: tableStep('keep', WINDOWED, draw => ({ call: `.keep('${draw.oneOf(['10s', '0s', '1m', '1ms'])}')` })),
  closed: {
    takes: WINDOWED,
    gives: ['keyed'],
    labels: ['closed'],
    make: (_, input) => ({
      call: '.closed()',
      others: [],
      place: { ...input, shape: 'keyed', lineage: 'derived', labels: ['closed'], window: null },
    }),
  },
}

function tableStep(
  kind: NodeKind,
  takes: readonly Shape[],
  change: (draw: Draw, input: Place) => { readonly call: string; readonly value?: ValueType },
): Word {
  return {
    takes,
    gives: takes.filter(shape => shape !== 'upserts'),
    labels: [kind],
    make: (draw, input) => {
      const { call, ...place } = change(draw, input)
      const shape = input.shape === 'upserts' ? 'global' : input.shape
      return { call, others: [], place: { ...input, ...place, shape, versions: null, labels: [kind] } }
    },
  }
}

function aggregate(draw: Draw, input: Place, around: Surroundings): Made {
  const window = around.rarest(input.labels, WINDOW_KINDS.map(windowLabel)).slice('window:'.length)
  const word = WINDOWS[window as WindowSpec['kind']]
  const text = word.text(draw)
  const head = text === null ? '' : `.window(${text})`
  const subject: Subject = { type: input.value, second: input.lineage }
  const count = 1 + draw.below(3)
  const kinds: AggregationKind[] = []
  let left = AGGREGATION_KINDS
  while (kinds.length < count && left.length > 0) {
    const label = around.rarest([...input.labels, windowLabel(window as WindowSpec['kind'])], left.map(fieldLabel))
    const kind = label.slice('aggregate:'.length) as AggregationKind
    kinds.push(kind)
    left = left.filter(k => k !== kind)
  }
  const fields = kinds.map(kind => AGGREGATIONS[kind](draw, subject))
  const only = kinds[0] as AggregationKind
  const bare = kinds.length === 1 && SHORT.has(only) && !draw.once(3)
  const named = fields.map((field, i) => [NAMES[i] as string, field] as const)
  const call = bare
    ? `.${fields[0]?.call}`
    : `.aggregate({ ${named.map(([name, field]) => `${name}: ${field.call}`).join(', ')} })`
  const value = bare
    ? (fields[0]?.type as ValueType)
    : recordOf(Object.fromEntries(named.map(([name, { type }]) => [name, type])))
  const labels = [...kinds.map(fieldLabel), windowLabel(window as WindowSpec['kind'])]
  return {
    call: head + call,
    others: [],
    place: { ...input, shape: word.gives, value, lineage: 'derived', labels, window: text },
  }
}
