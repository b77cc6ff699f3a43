// Finds the calls of the language, and where their marks go.
//
// Promises: a call is found by what it resolves to, however it is reached: through imports under other names, helpers,
// loops, aliases. Call ids rise in order of file and place.

import type { Insertion } from './insertion.ts'
import { forEachDescendant, ts } from './syntax.ts'

export interface LanguageCall {
  readonly callId: number
  readonly call: ts.CallExpression
  /**
   * `source`, `map`, `sum`, ...: the word as the language spells it. `AggregationMaker`: a call of what `aggregation()`
   * returned.
   */
  readonly word: string
}

/** `declarationOf` gives the language's declaration that a call resolves to, or null. */
export function languageCalls(
  files: readonly ts.SourceFile[],
  declarationOf: (call: ts.CallExpression) => ts.Node | null,
): readonly LanguageCall[] {
  const found: LanguageCall[] = []
  for (const file of files) {
    const calls: { call: ts.CallExpression; word: string }[] = []
    forEachDescendant(file, node => {
      if (!ts.isCallExpression(node)) return
      const declaration = declarationOf(node)
      const word = declaration === null ? null : wordOf(declaration)
      if (word !== null) calls.push({ call: node, word })
    })
    calls.sort((a, b) => a.call.end - b.call.end || a.call.pos - b.call.pos)
    for (const { call, word } of calls) found.push(Object.freeze({ callId: found.length, call, word }))
  }
  return Object.freeze(found)
}

/** The name of a function or method; of a call signature that of its interface. */
function wordOf(declaration: ts.Node): string | null {
  const named = ts.isCallSignatureDeclaration(declaration) ? declaration.parent : declaration
  const { name } = named as ts.NamedDeclaration
  return name !== undefined && ts.isIdentifier(name) ? name.text : null
}

/**
 * The mark as a further argument: `f(a, b)` becomes `f(a, b,{...})`. It goes before a trailing comma and before
 * comments, and never around a lambda, so that V8 still infers the lambda's name.
 */
export function markOf(call: ts.CallExpression, text: string): Insertion {
  const last = call.arguments.at(-1)
  return last === undefined ? { position: call.end - 1, text } : { position: last.end, text: `,${text}` }
}
