// The facts of a call of `aggregation<In, State, Out>({ zero, lift, plus, present })`: the type of its values, and the
// shape of `plus`.

import type { LanguageCall } from '../../1-read/language-calls.ts'
import type { Reading } from '../../1-read/reading.ts'
import { nameOf, ts, unwrap } from '../../1-read/syntax.ts'
import type { Span } from '../../diagnostic.ts'
import type { AggregationFacts, ShapeFacts, ValueFacts } from '../../law-facts.ts'
import { wordNode } from '../call-facts-of.ts'
import type { LambdaArgument } from '../lambda/lambda-arguments.ts'
import { reify, reifyUnion } from '../reify/reify.ts'
import { plusShape } from './plus-shape.ts'

const UNKNOWN: ShapeFacts = { kind: 'unknown' }

export function aggregationFacts(
  reading: Reading,
  { call }: LanguageCall,
  lambdas: readonly LambdaArgument[],
): AggregationFacts {
  const argumentOf = (slot: string): LambdaArgument | undefined => lambdas.find(l => l.place.slot === slot)
  const spanOf = (node: ts.Node | undefined): Span => reading.spanOf(node ?? wordNode(call))
  const plus = argumentOf('plus')
  return Object.freeze({
    spans: Object.freeze({
      zero: spanOf(zeroOf(call)),
      lift: spanOf(argumentOf('lift')?.expression),
      plus: spanOf(plus?.expression),
      present: spanOf(argumentOf('present')?.expression),
    }),
    values: valuesOf(reading, call),
    shape: plus === undefined ? UNKNOWN : shapeOf(reading, plus),
  })
}

/** Where the zero is written, if it is written in the call. */
function zeroOf(call: ts.CallExpression): ts.Node | undefined {
  const parts = call.arguments[0] === undefined ? null : unwrap(call.arguments[0])
  if (parts === null || !ts.isObjectLiteralExpression(parts)) return undefined
  return parts.properties.find(p => p.name !== undefined && nameOf(p.name) === 'zero')
}

function shapeOf(reading: Reading, plus: LambdaArgument): ShapeFacts {
  const shape = plusShape(reading, plus)
  if (shape.kind !== 'refuted') return shape
  return { kind: 'refuted', span: reading.spanOf(shape.at), label: shape.label, fix: shape.fix }
}

/** The reified `In`. */
function valuesOf(reading: Reading, call: ts.CallExpression): ValueFacts {
  const type = reading.typeArgumentsOf(reading.typeOf(call))[0]
  if (type === undefined) return { schema: null, problem: 'the values are of no known type' }
  const present = reading.withoutUndefined(type)
  const reified = present === null ? reify(reading, type, 'In', true) : reifyUnion(reading, present, 'In')
  if (reified.ok) return { schema: reified.document, absent: present !== null }
  return { schema: null, problem: reified.problems[0]?.label ?? 'the values are of no known type' }
}
