// Every word of the language as a step of a random job: what it takes, what it gives, and how it is written.
//
// Promises: one entry for each kind of node; a kind without one is a type error. Types and language accept every step
// made. Not here: which word comes next (`random-job.ts`).

import type { NodeKind } from '../../../core/plan/plan.ts'
import type { Draw } from '../draw.ts'
import { isStream, type Place, type Shape } from '../shape.ts'
import { joinWords } from './join-words.ts'
import { anything, key, lambda, list, number, predicate, type Subject, text } from './lambdas.ts'
import { orderedWords } from './ordered-words.ts'
import { tableWords } from './table-words.ts'
import { depthOf, sameType, type ValueType } from './value-type.ts'
import { STREAMS, type Word } from './word.ts'

/** What lambdas over the elements of a stream read. */
export const subjectOf = ({ value, lineage }: Place): Subject => ({ type: value, second: lineage })

/** `source`, `output` and `changes` are no steps: a job begins and ends with them. */
export const WORDS: { readonly [K in NodeKind]: Word | null } = {
  source: null,
  output: null,
  changes: null,
  map: step('map', STREAMS, (draw, input) => {
    const given = shallow(draw, input)
    return { call: `.map(${lambda(draw, subjectOf(input), given)})`, value: given.type }
  }),
  filter: step('filter', STREAMS, (draw, input) => {
    const test = predicate(draw, subjectOf(input))
    return { call: `.filter(${lambda(draw, subjectOf(input), test)})` }
  }),
  flatMap: step('flatMap', STREAMS, (draw, input) => {
    const item = shallow(draw, input)
    const given = list(draw, subjectOf(input), item)
    return { call: `.flatMap(${lambda(draw, subjectOf(input), given)})`, value: item.type }
  }),
  keyBy: step('keyBy', STREAMS, (draw, input) => {
    const given = key(draw, subjectOf(input))
    return { call: `.keyBy(${lambda(draw, subjectOf(input), given)})`, key: given.type, shape: 'keyed' }
  }),
  mapValues: step('mapValues', ['keyed'], (draw, input) => {
    const given = shallow(draw, input)
    return { call: `.mapValues(${lambda(draw, subjectOf(input), given)})`, value: given.type }
  }),
  filterKeys: step('filterKeys', ['keyed'], (draw, input) => {
    const subject = keySubject(input)
    return { call: `.filterKeys(${lambda(draw, subject, predicate(draw, subject))})` }
  }),
  flatMapKeys: step('flatMapKeys', ['keyed'], (draw, input) => {
    const subject = keySubject(input)
    const item = key(draw, subject)
    return { call: `.flatMapKeys(${lambda(draw, subject, list(draw, subject, item))})`, key: item.type }
  }),
  merge: {
    takes: STREAMS,
    gives: STREAMS,
    labels: ['merge'],
    make: (draw, input, around) => {
      const want = { shape: input.shape, key: input.key, value: input.value }
      const others = [around.partner(draw, 'merge', want)]
      if (draw.once(4)) others.push(around.partner(draw, 'merge', want))
      const lineage = [input, ...others].every(p => p.lineage === 'log') ? 'log' : 'derived'
      return {
        call: `.merge(${others.map(p => p.name).join(', ')})`,
        others,
        place: { ...input, lineage, labels: ['merge'] },
      }
    },
  },
  ...tableWords,
  ...orderedWords,
  ...joinWords,
}

type Changes = { readonly call: string } & Partial<Pick<Place, 'shape' | 'key' | 'value' | 'lineage'>>

/** A word with one input, which changes some properties of the place. */
export function step(
  kind: NodeKind,
  takes: readonly Shape[],
  change: (draw: Draw, input: Place) => Changes | null,
  gives: readonly Shape[] = kind === 'keyBy' ? ['keyed'] : takes,
): Word {
  return {
    takes,
    gives,
    labels: [kind],
    make: (draw, input) => {
      const changes = change(draw, input)
      if (changes === null) return null
      const { call, ...place } = changes
      return { call, others: [], place: { ...input, ...place, labels: [kind] } }
    },
  }
}

/** What lambdas over keys read; they do not use the second argument. */
const keySubject = ({ key: type }: Place): Subject => ({ type: type as ValueType, second: 'none' })

/** An expression over a value that keeps values small: a deep one becomes a number or a string. */
function shallow(draw: Draw, input: Place): ReturnType<typeof anything> {
  const subject = subjectOf(input)
  return depthOf(input.value) > 2 ? draw.oneOf([number, text])(draw, subject) : anything(draw, subject)
}

/** Whether a place is what a partner must be. */
export function serves(place: Place, want: { shape: Shape; key: ValueType | null; value: ValueType | null }): boolean {
  if (place.shape !== want.shape) return false
  if (want.key !== null && (place.key === null || !sameType(place.key, want.key))) return false
  return want.value === null || (isStream(place) && sameType(place.value, want.value))
}
