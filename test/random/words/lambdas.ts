// The lambdas of random jobs, as text: the same text is evaluated for a graph of the language and printed into a job
// file.
//
// Promises: deterministic; some throw on some values, some give -0, NaN, undefined, `__proto__` and halves of surrogate
// pairs.

import type { Draw } from '../draw.ts'
import {
  arrayOf,
  BIGINT,
  maybe,
  NUMBER,
  numbersIn,
  recordOf,
  STRING,
  stringsIn,
  tupleOf,
  type ValueType,
} from './value-type.ts'

/** What a lambda may read: the type of its first argument, and whether the second one is a record of the log. */
export interface Subject {
  readonly type: ValueType
  /** `log` and `derived`: the second argument is of an element; `row`: of a table; `none`: there is none. */
  readonly second: 'log' | 'derived' | 'row' | 'none'
}

/** An expression over `v` and `r`, with its type. */
export interface Expression {
  readonly text: string
  readonly type: ValueType
}

/** A lambda that gives an expression; sometimes it throws for some values, or reads its second argument. */
export function lambda(draw: Draw, subject: Subject, expression: Expression, calm = false): string {
  const parameters = /\br\./.test(expression.text) ? '(v, r)' : 'v'
  if (calm || !draw.once(7)) return `${parameters} => ${expression.text}`
  const condition = draw.oneOf([`${number(draw, subject).text} === 3`, `${text(draw, subject).text} === 'c'`])
  const both = /\br\./.test(condition) ? '(v, r)' : parameters
  return `${both} => { if (${condition}) throw new Error('refused'); return ${expression.text} }`
}

export function number(draw: Draw, { type, second }: Subject): Expression {
  const list = numbersIn(type, 'v')
  const n = draw.oneOf(list)
  if (second !== 'none' && second !== 'row' && draw.once(9)) return { text: '(r.time % 7000)', type: NUMBER }
  if (second === 'log' && draw.once(12)) return { text: '(Number(r.offset) + r.partition)', type: NUMBER }
  const text = draw.oneOf([
    n,
    n,
    n,
    `(${n} * 2 - 1)`,
    `(-${n})`,
    `(${n} % 7)`,
    `(${n} / 3)`,
    `(${n} === 2 ? NaN : ${n})`,
    `Math.round(${n})`,
  ])
  return { text, type: NUMBER }
}

export function text(draw: Draw, { type, second }: Subject): Expression {
  const s = draw.oneOf(stringsIn(type, 'v'))
  if (second === 'log' && draw.once(12)) return { text: 'r.topic', type: STRING }
  const text = draw.oneOf([
    s,
    s,
    s,
    `(${s} + '|')`,
    `${s}.slice(0, 1)`,
    `(${s} === 'c' ? '__proto__' : ${s})`,
    `String(${number(draw, { type, second: 'none' }).text})`,
  ])
  return { text, type: STRING }
}

/** What `map` and `mapValues` make of a value. */
export function anything(draw: Draw, subject: Subject): Expression {
  const n = (): string => number(draw, subject).text
  const s = (): string => text(draw, subject).text
  switch (draw.below(8)) {
    case 0:
      return { text: 'v', type: subject.type }
    case 1:
      return number(draw, subject)
    case 2:
      return text(draw, subject)
    case 3:
      return { text: `({ s: ${s()}, n: ${n()} })`, type: recordOf({ s: STRING, n: NUMBER }) }
    case 4:
      return {
        text: `({ n: ${n()}, gone: ${n()} > 1 ? undefined : ${s()} })`,
        type: recordOf({ n: NUMBER, gone: maybe(STRING) }),
      }
    case 5:
      return { text: `({ list: [${s()}, ${s()}], n: ${n()} })`, type: recordOf({ list: arrayOf(STRING), n: NUMBER }) }
    case 6:
      return { text: `(${n()} > 2 ? undefined : ${n()})`, type: maybe(NUMBER) }
    default:
      return { text: `({ "__proto__x": ${n()}, z: ${s()} })`, type: recordOf({ __proto__x: NUMBER, z: STRING }) }
  }
}

/** A boolean expression over a value. */
export function predicate(draw: Draw, subject: Subject): Expression {
  const n = number(draw, subject).text
  const s = text(draw, subject).text
  const test = draw.oneOf([
    `${n} > 1`,
    `${s} !== 'b'`,
    `${s} !== 'a'`,
    `${s}.length < 3`,
    `${n} < 1e300`,
    `${n}`,
    'true',
  ])
  return { text: test, type: { kind: 'boolean' } }
}

/** What `keyBy` makes of a value: text, numbers, lists, records. */
export function key(draw: Draw, subject: Subject): Expression {
  const n = `${number(draw, subject).text} % 5`
  const s = text(draw, subject).text
  switch (draw.below(6)) {
    case 0:
    case 1:
      return { text: s, type: STRING }
    case 2:
      return { text: n, type: NUMBER }
    case 3:
      return { text: `[${s}, ${n}]`, type: tupleOf(STRING, NUMBER) }
    case 4:
      return { text: `({ s: ${s}, n: ${n} })`, type: recordOf({ s: STRING, n: NUMBER }) }
    default:
      return { text: `${s}.slice(0, 1)`, type: STRING }
  }
}

/** A list, as flatMap and flatMapKeys take one. */
export function list(draw: Draw, subject: Subject, item: Expression): Expression {
  const n = number(draw, subject).text
  const given = draw.oneOf([
    `[${item.text}, ${item.text}]`,
    `(${n} > 1 ? [] : [${item.text}])`,
    `[${item.text}]`,
    `[${item.text}]`,
    `new Set([${item.text}, ${item.text}])`,
  ])
  return { text: given, type: arrayOf(item.type) }
}

/** A bigint; throws for NaN, infinities and fractions. */
export function bigint(draw: Draw, subject: Subject): Expression {
  return { text: `BigInt(${number(draw, subject).text})`, type: BIGINT }
}
