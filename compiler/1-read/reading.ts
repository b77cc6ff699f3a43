// The questions about a job's source: the one interface to the TypeScript program.
//
// Promises: answers are the same for the same files. Nothing outside this folder imports ts-morph or uses a type
// checker. What the answers mean for a job is in `2-check`.

import type { Span } from '../diagnostic.ts'
import type { AuthorOptions } from './author-options.ts'
import type { IgnoredOptions } from './ignored-options.ts'
import type { LanguageCall } from './language-calls.ts'
import type { TypeShape } from './shape.ts'
import type { ts } from './syntax.ts'
import type { TypeComplaint } from './type-errors.ts'

/**
 * Who owns a declaration: the job's author, this language, the ECMAScript library, the host (Node), or an installed
 * package.
 */
export type Owner = 'author' | 'language' | 'standard' | 'host' | 'library'

export interface Reading {
  /** The author's files, the job's own first, then by path. */
  readonly files: readonly ts.SourceFile[]
  /** The job's folder, absolute. */
  readonly folder: string
  /** What the author's tsconfig decides. */
  readonly author: AuthorOptions
  /** Options of that tsconfig that do not count and may matter, given the codes of TypeScript's complaints. */
  ignoredOptions(codes: readonly number[]): readonly IgnoredOptions[]
  /** TypeScript's own complaints about the author's files. */
  typeErrors(): readonly TypeComplaint[]
  /** Every call of the language in the author's files, in order of file and place. */
  languageCalls(): readonly LanguageCall[]
  /**
   * Imports by a name of the author's tsconfig (`paths`), such as `@app/tools`: the absolute path of the file that it
   * means.
   */
  importAliases(): ReadonlyMap<string, string>
  /** Where a node is in its file. */
  spanOf(node: ts.Node): Span
  /** What a name, a property access or `object['literal']` refers to, import aliases followed. */
  symbolAt(node: ts.Node): ts.Symbol | null
  /** As `symbolAt`, also through `const` aliases: `const D = Date`, `const { random } = Math`. */
  meaningOf(node: ts.Node): ts.Symbol | null
  /** All declarations of a symbol. */
  declarationsOf(symbol: ts.Symbol): readonly ts.Declaration[]
  /** Who owns a symbol; `author` where nobody declared it. */
  ownerOf(symbol: ts.Symbol): Owner
  /** `DateConstructor.now`, `Math.random`, `fetch`: a symbol by the name of what holds it. */
  qualifiedName(symbol: ts.Symbol): string
  /** The declaration of the signature that a call or `new` takes; null where it is called through `any`. */
  calledDeclaration(call: ts.CallLikeExpression): ts.SignatureDeclaration | null
  /** The type of an expression, or of what a declaration declares. */
  typeOf(node: ts.Node): ts.Type
  /** What a type is made of, independent of TypeScript's flags. */
  shapeOf(type: ts.Type): TypeShape
  /** The string and number literals that a key expression can be; null where it can be others. */
  literalsOf(node: ts.Expression): readonly string[] | null
  /** The names in the author's files that refer to a symbol, its declarations left out. */
  usesOf(symbol: ts.Symbol): readonly ts.Identifier[]
  /** Whether a name at a place means this symbol, so that it can be written there. */
  isVisible(symbol: ts.Symbol, at: ts.Node): boolean
  /** The result type of calling a value of this type; null where it cannot be called. */
  resultOf(type: ts.Type): ts.Type | null
  /** The type without null and undefined. */
  nonNull(type: ts.Type): ts.Type
  /** The members of a union except undefined and void; null where neither is a member. */
  withoutUndefined(type: ts.Type): readonly ts.Type[] | null
  /** The type arguments of `Stream<T>`, `Table<K, V>` and the like. */
  typeArgumentsOf(type: ts.Type): readonly ts.Type[]
  /** The type of a property; null where there is none. */
  propertyType(type: ts.Type, name: string): ts.Type | null
  /** The symbol of a property. */
  propertySymbol(type: ts.Type, name: string): ts.Symbol | null
  /** A type as TypeScript prints it. */
  printType(type: ts.Type): string
}
