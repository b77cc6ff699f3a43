// The lambdas of a call of the language: which expression is in which slot.

import type { LanguageCall } from '../../1-read/language-calls.ts'
import type { Reading } from '../../1-read/reading.ts'
import { nameOf, ts, unwrap } from '../../1-read/syntax.ts'
import { type FoundFunctions, findFunctions } from './find-functions.ts'
import { SLOTS, type SlotPlace } from './slots.ts'

export interface LambdaArgument {
  readonly place: SlotPlace
  /** What the author wrote: a lambda, a name, a call of a factory, a method of an options object. */
  readonly expression: ts.Node
  readonly found: FoundFunctions
  /** True where the lambda is written inside the call itself, so that what it captures is in scope there. */
  readonly inside: boolean
}

export function lambdaArguments(reading: Reading, { call, word }: LanguageCall): readonly LambdaArgument[] {
  return (SLOTS.get(word) ?? []).flatMap(place => {
    const argument = call.arguments[place.argument]
    if (argument === undefined || ts.isSpreadElement(argument)) return spreadArgument(call, place)
    if (place.property === undefined) return [lambda(reading, place, argument, true)]
    return optionLambda(reading, place, argument, place.property, 0, true)
  })
}

/** `map(...fns)`: a lambda that cannot be followed. */
function spreadArgument(call: ts.CallExpression, place: SlotPlace): readonly LambdaArgument[] {
  const spread = call.arguments.slice(0, place.argument + 1).find(ts.isSpreadElement)
  if (spread === undefined) return []
  return [{ place, expression: spread, found: { functions: [], complete: false, standard: false }, inside: true }]
}

function lambda(reading: Reading, place: SlotPlace, expression: ts.Expression, inside: boolean): LambdaArgument {
  return { place, expression, found: findFunctions(reading, expression), inside }
}

function optionLambda(
  reading: Reading,
  place: SlotPlace,
  options: ts.Expression,
  property: string,
  depth: number,
  inside: boolean,
): readonly LambdaArgument[] {
  const node = unwrap(options)
  if (ts.isObjectLiteralExpression(node)) {
    // The last one that names it wins, as it does when the program runs.
    for (const part of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(part)) {
        const spread = optionLambda(reading, place, part.expression, property, depth + 1, false)
        if (spread.length > 0) return spread
      } else if (nameOf(part.name) === property) return [propertyLambda(reading, place, part, inside)]
    }
    return []
  }
  const symbol = depth > 8 ? null : reading.meaningOf(node)
  const declaration = symbol === null ? undefined : reading.declarationsOf(symbol)[0]
  if (declaration !== undefined && ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    return optionLambda(reading, place, declaration.initializer, property, depth + 1, false)
  }
  if (reading.propertyType(reading.nonNull(reading.typeOf(node)), property) === null) return []
  return [{ place, expression: node, found: { functions: [], complete: false, standard: false }, inside: false }]
}

function propertyLambda(
  reading: Reading,
  place: SlotPlace,
  part: ts.ObjectLiteralElementLike,
  inside: boolean,
): LambdaArgument {
  if (ts.isPropertyAssignment(part)) return lambda(reading, place, part.initializer, inside)
  if (ts.isShorthandPropertyAssignment(part)) return lambda(reading, place, part.name, inside)
  const functions = ts.isMethodDeclaration(part) && part.body !== undefined ? [part as never] : []
  return { place, expression: part, found: { functions, complete: functions.length === 1, standard: false }, inside }
}
