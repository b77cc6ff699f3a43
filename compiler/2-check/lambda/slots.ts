// Which arguments of which words are lambdas. A new word of the language is a new line here.

import type { GraphLambda } from '../../../core/plan/graph.ts'

type Slot = GraphLambda['slot']

export interface SlotPlace {
  readonly slot: Slot
  readonly argument: number
  /** The lambda is this property of an options object. */
  readonly property?: string
  /** Names what the lambda's result is kept as; null where it is not kept by itself. */
  readonly keeps: string | null
  /** Which of the lambda's parameters is the value; the first where nothing is said. */
  readonly value?: number
  /** The result is a list of what is kept. */
  readonly many?: boolean
}

const of = (argument: number, keeps: string): SlotPlace => ({ slot: 'of', argument, keeps })
const by = (argument: number): SlotPlace => ({ slot: 'by', argument, keeps: 'what elements are ordered by' })
const part = (slot: 'lift' | 'plus' | 'present', keeps: string): SlotPlace => ({
  slot,
  argument: 0,
  property: slot,
  keeps,
})
const fn = (keeps: string | null, many = false): readonly SlotPlace[] => [{ slot: 'fn', argument: 0, keeps, many }]

export const SLOTS: Readonly<Record<string, readonly SlotPlace[]>> = {
  source: [{ slot: 'time', argument: 1, property: 'time', keeps: null }],
  table: [
    { slot: 'time', argument: 1, property: 'time', keeps: null },
    { slot: 'key', argument: 1, property: 'key', keeps: 'a key' },
    { slot: 'deletedKey', argument: 1, property: 'deletedKey', keeps: 'a key' },
  ],
  format: [
    { slot: 'decode', argument: 0, property: 'decode', keeps: null },
    { slot: 'encode', argument: 0, property: 'encode', keeps: null },
  ],
  to: [{ slot: 'key', argument: 1, property: 'key', keeps: 'a key' }],
  lookup: [{ slot: 'key', argument: 1, property: 'key', keeps: 'a key' }],
  snapshot: [{ slot: 'key', argument: 1, property: 'key', keeps: 'a key' }],
  scan: [{ slot: 'fn', argument: 1, keeps: 'a state', value: 1 }],
  distinct: [{ slot: 'by', argument: 0, keeps: 'what is told apart' }],
  dedupe: [{ slot: 'by', argument: 0, keeps: 'what is told apart' }],
  map: fn(null),
  filter: fn(null),
  flatMap: fn(null),
  keyBy: fn('a key'),
  mapValues: fn(null),
  filterKeys: fn(null),
  flatMapKeys: fn('a key', true),
  sum: [of(0, 'what is summed')],
  mean: [of(0, 'what is averaged')],
  variance: [of(0, 'what is measured')],
  stddev: [of(0, 'what is measured')],
  min: [of(0, 'a least value')],
  max: [of(0, 'a greatest value')],
  first: [of(0, 'a first value')],
  last: [of(0, 'a last value')],
  collectList: [of(0, 'an element of a list')],
  collectSet: [of(0, 'an element of a set')],
  countDistinct: [of(0, 'what is counted')],
  histogram: [of(0, 'what is counted')],
  approxCountDistinct: [of(0, 'what is counted')],
  approxQuantiles: [of(0, 'what is measured')],
  approxMembership: [of(0, 'what is remembered')],
  approxFrequency: [of(0, 'what is counted')],
  sample: [of(1, 'an element of a sample')],
  aggregation: [part('lift', 'a state'), part('plus', 'a state'), part('present', 'a row')],
  AggregationMaker: [of(0, 'what is aggregated')],
  minBy: [by(0), of(1, 'a row')],
  maxBy: [by(0), of(1, 'a row')],
  topK: [by(1), of(2, 'a row')],
}
