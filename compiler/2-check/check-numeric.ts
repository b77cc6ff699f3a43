// Checks what aggregations that calculate get from an element: a number or a bigint in every case.
//
// Promises: a lambda whose type may be null, undefined or anything else is an error at the lambda, since an element
// without a number would be left out of all fields of its row. What types leave open is checked at run time.

import { AGGREGATIONS, type AggregationKind } from '../../core/plan/aggregation-spec.ts'
import type { LanguageCall } from '../1-read/language-calls.ts'
import type { Reading } from '../1-read/reading.ts'
import { ts } from '../1-read/syntax.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { notNumeric } from '../messages/types.ts'
import type { LambdaArgument } from './lambda/lambda-arguments.ts'

export function checkNumeric(
  reading: Reading,
  { call, word }: LanguageCall,
  lambdas: readonly LambdaArgument[],
): readonly Diagnostic[] {
  if (!calculates(word, call)) return []
  return lambdas.flatMap(({ place, expression }) => {
    if (place.slot !== 'of' || !ts.isExpression(expression)) return []
    const result = reading.resultOf(reading.typeOf(expression))
    const others = result === null ? [] : othersIn(reading, result)
    if (result === null || others.length === 0) return []
    const message = { name: word, type: reading.printType(result), advice: adviceFor(others) }
    return [diagnose(notNumeric(message), reading.spanOf(expression))]
  })
}

/** TypeScript's complaints that such an error says better. */
export function saidBetter(complaint: Diagnostic, numeric: readonly Diagnostic[]): boolean {
  const { span, label } = complaint
  if (span === null || !label.includes('a number or a bigint from each element')) return false
  return numeric.some(d => d.span?.file === span.file && d.span.start <= span.start && span.end <= d.span.end)
}

/** Whether a call is an aggregation of numbers; a histogram is one where it has bounds. */
function calculates(word: string, call: ts.CallExpression): boolean {
  if (word === 'histogram') return call.arguments.length > 1
  if (!Object.hasOwn(AGGREGATIONS, word)) return false
  const { of } = AGGREGATIONS[word as AggregationKind].takes
  return of === 'numeric' || of === 'bounded'
}

/** Kinds of the parts of a type that are neither numbers nor bigints. */
function othersIn(reading: Reading, type: ts.Type): readonly string[] {
  const shape = reading.shapeOf(type)
  switch (shape.kind) {
    case 'number':
    case 'bigint':
    case 'never':
    case 'generic':
    case 'any': // has an error of its own
      return []
    case 'literal':
      return typeof shape.value === 'number' ? [] : [typeof shape.value]
    case 'other':
      return shape.name === 'a bigint literal' ? [] : [shape.name]
    case 'union':
      return shape.members.flatMap(member => othersIn(reading, member))
    default:
      return [shape.kind]
  }
}

const ABSENT: ReadonlySet<string> = new Set(['null', 'undefined', 'void'])

function adviceFor(others: readonly string[]): string {
  if (others.some(kind => ABSENT.has(kind))) {
    return 'Say what such an element counts as, such as `?? 0`, or drop it before: `.filter((v): v is Priced => v.price != null)`.'
  }
  if (others.includes('string')) return 'Convert the text, `Number(v.price)`, or declare the field as `number`.'
  return 'Give a number or a bigint, or use `min`, `max` or `histogram`, which take any value.'
}
