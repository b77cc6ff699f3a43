// Finds the calls of the language, and where their marks go.
//
// Promises: a call counts by what it resolves to, however it is reached: through imports under other names, helpers, loops,
// aliases. Numbers go up in order of file and place.

import type { Insertion } from './insertion.ts'
import { forEachDescendant, ts } from './syntax.ts'

export interface LanguageCall {
  readonly site: number
  readonly call: ts.CallExpression
  /** `source`, `map`, `sum`, ...: the word as the language spells it. */
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
      const name = declaration === null ? undefined : (declaration as ts.NamedDeclaration).name
      if (name !== undefined && ts.isIdentifier(name)) calls.push({ call: node, word: name.text })
    })
    calls.sort((a, b) => a.call.end - b.call.end || a.call.pos - b.call.pos)
    for (const { call, word } of calls) found.push(Object.freeze({ site: found.length, call, word }))
  }
  return Object.freeze(found)
}

/**
 * The mark as a further argument: `f(a, b)` becomes `f(a, b,{...})`. It stands before a trailing comma and before comments, and never
 * around a lambda, so that V8 still infers the lambda's name.
 */
export function markOf(call: ts.CallExpression, text: string): Insertion {
  const last = call.arguments.at(-1)
  return last === undefined ? { position: call.end - 1, text } : { position: last.end, text: `,${text}` }
}
