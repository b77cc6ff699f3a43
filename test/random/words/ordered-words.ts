// The words of ordered operators: `scan`, `distinct` and `dedupe`, `toTable`, `joinTable`.

import type { Draw } from '../draw.ts'
import type { Place } from '../shape.ts'
import { anything, type Expression, lambda, number, type Subject, text } from './lambdas.ts'
import { arrayOf, depthOf, maybe, NUMBER, recordOf, STRING, type ValueType } from './value-type.ts'
import type { Made, Surroundings, Word } from './word.ts'

type OrderedKind = 'scan' | 'distinct' | 'existing' | 'joinTable'

/** Values of a greater depth are not joined. */
export const MAX_JOINED = 4

export const orderedWords: { readonly [K in OrderedKind]: Word } = {
  scan: { takes: ['keyed'], gives: ['keyed'], labels: ['scan'], make: scan },
  distinct: { takes: ['keyed'], gives: ['keyed'], labels: ['distinct'], make: distinct },
  existing: {
    takes: ['keyed'],
    gives: ['upserts'],
    labels: ['existing'],
    pair: 'aggregate:last > existing',
    make: (_, input) => ({
      call: '.toTable()',
      others: [],
      place: {
        ...input,
        shape: 'upserts',
        value: withoutNull(input.value),
        lineage: 'derived',
        labels: ['existing'],
        versions: { labels: input.labels, text: `${input.name}.toTable()` },
      },
    }),
  },
  joinTable: {
    takes: ['keyed'],
    gives: ['keyed'],
    labels: ['joinTable'],
    others: { 'joinTable:right': ['keyed'] },
    make: joinTable,
  },
}

/** The type of a table's values: null deletes a key, so no value is null. */
const withoutNull = (type: ValueType): ValueType => (type.kind === 'maybe' ? type.of : type)

/** Behind an ordered operator a step sees time and key. */
const derived = ({ value }: Place): Subject => ({ type: value, second: 'derived' })

function scan(draw: Draw, input: Place): Made {
  const subject = derived(input)
  const n = number(draw, subject).text
  const s = text(draw, subject).text
  const forms: readonly (readonly [zero: string, next: string, type: ValueType])[] = [
    ['0', `s + ${n}`, NUMBER],
    ["''", `(${s} + s).slice(0, 6)`, STRING],
    ["{ n: 0, text: '' }", `({ n: s.n + 1, text: ${s} })`, recordOf({ n: NUMBER, text: STRING })],
    ["['']", `[...s, ${s}].slice(-3)`, arrayOf(STRING)],
  ]
  const [zero, next, type] = draw.oneOf(forms)
  const parameters = /\br\./.test(next) ? '(s, v, r)' : '(s, v)'
  const body = draw.once(5) ? `{ if (${n} === 3) throw new Error('refused'); return ${next} }` : next
  const all = /\br\./.test(body) ? '(s, v, r)' : parameters
  return {
    call: `.scan(${zero}, ${all} => ${body})`,
    others: [],
    place: { ...input, value: type, lineage: 'derived', labels: ['scan'] },
  }
}

function distinct(draw: Draw, input: Place): Made {
  const subject: Subject = { type: input.value, second: input.lineage }
  const by = (): string => lambda(draw, subject, kept(draw, subject))
  const call = [
    () => `.distinct(${by()})`,
    () => `.dedupe(${by()}, '${draw.oneOf(['5s', '0s', '1ms', '1m'])}')`,
    () => '.distinct()',
  ][draw.below(3)]
  return {
    call: (call as () => string)(),
    others: [],
    place: { ...input, lineage: 'derived', labels: ['distinct'] },
  }
}

function kept(draw: Draw, subject: Subject): Expression {
  return depthOf(subject.type) > 2 ? draw.oneOf([number, text])(draw, subject) : anything(draw, subject)
}

function joinTable(draw: Draw, input: Place, around: Surroundings): Made | null {
  const right = around.versions(draw, 'joinTable:right', input.key as ValueType)
  if (depthOf(input.value) > MAX_JOINED || depthOf(right.value) > MAX_JOINED) return null
  const left = draw.once(2)
  const at = draw.once(4) ? ", at: 'before'" : draw.once(6) ? ", at: 'same'" : ''
  const version = withoutNull(right.value)
  return {
    call: `.joinTable(${right.text}, { type: '${left ? 'left' : 'inner'}'${at} })`,
    others: [right.place],
    place: {
      ...input,
      value: recordOf({ left: input.value, right: left ? maybe(version) : version }),
      lineage: 'derived',
      labels: ['joinTable'],
    },
  }
}
