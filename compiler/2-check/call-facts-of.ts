// The facts of each call of the language, and the mark that it gets.

import type { Insertion } from '../1-read/insertion.ts'
import { type LanguageCall, markOf } from '../1-read/language-calls.ts'
import type { Reading } from '../1-read/reading.ts'
import { ts } from '../1-read/syntax.ts'
import type { LambdaCallFacts } from '../call-facts.ts'
import type { Span } from '../diagnostic.ts'
import { capturedNames } from './lambda/captured.ts'
import type { CodeHashes } from './lambda/code-hash.ts'
import { expressionOf } from './lambda/expression.ts'
import type { LambdaArgument } from './lambda/lambda-arguments.ts'
import { type UseAnalysis, usesSecond } from './uses/uses.ts'

export interface Analyses {
  readonly reading: Reading
  readonly uses: UseAnalysis
  readonly hashes: CodeHashes
}

export function lambdaFacts(
  { reading, uses, hashes }: Analyses,
  { call }: LanguageCall,
  argument: LambdaArgument,
): LambdaCallFacts {
  const { functions, complete, standard } = argument.found
  const known = complete && (functions.length > 0 || standard)
  const readable = known && !standard
  const carried = argument.inside ? capturedNames(reading, argument.expression, call) : []
  const value = argument.place.value ?? 0
  const [only, ...more] = readable ? functions : []
  const expression = only === undefined || more.length > 0 ? null : expressionOf(reading, only, value)
  return Object.freeze({
    at: placeText(reading.spanOf(argument.expression)),
    usesRecord: readable ? usesSecond(functions) : true,
    uses: readable ? uses.ofAll(functions, value) : true,
    hash: known ? hashes.hashOf(argument.expression, carried) : null,
    ...(expression === null ? {} : { expression }),
  })
}

/** `{[Symbol.for('lyrebird.site')]:3,captured:{fn:()=>({country})}}` as the call's last argument. */
export function markFor(reading: Reading, call: LanguageCall, lambdas: readonly LambdaArgument[]): Insertion {
  const captured = lambdas.flatMap(argument => {
    const names = argument.inside ? capturedNames(reading, argument.expression, call.call) : []
    return names.length === 0 ? [] : [`${argument.place.slot}:()=>({${names.join(',')}})`]
  })
  const carries = captured.length === 0 ? '' : `,captured:{${captured.join(',')}}`
  return markOf(call.call, `{[Symbol.for('lyrebird.site')]:${call.callId}${carries}}`)
}

export function placeText(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`
}

/** Where a message about a call points: at the word, not at the whole chain before it. */
export function wordNode(call: ts.CallExpression): ts.Node {
  return ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression
}
