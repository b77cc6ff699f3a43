// The hash of a lambda: its text, and that of everything that it reaches.
//
// Promises: formatting, comments, types and the names of files leave no trace; a change in a helper, in a constant that
// is read, in code that fills a table, or in an installed package that is called changes the hash. Names that refer to
// declarations elsewhere are numbered in the order they are met, so that two helpers of one name cannot change places
// unseen. Not here: values of variables of enclosing functions, which the mark of the call carries (`captured.ts`).

import { createHash } from 'node:crypto'
import { libraryHash, libraryName } from '../../1-read/library-hash.ts'
import type { Reading } from '../../1-read/reading.ts'
import { isInside, ts } from '../../1-read/syntax.ts'
import { isLocalVariable } from './captured.ts'
import { fillersOf } from './fillers.ts'
import { callsOf } from './find-functions.ts'
import { optionText } from './option-text.ts'
import { treeText } from './tree-text.ts'

export class CodeHashes {
  readonly #reading: Reading
  readonly #libraries = new Map<string, string>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** `carried` are the names whose values the mark carries. */
  hashOf(lambda: ts.Node, carried: readonly string[]): string {
    const reached = new Map<ts.Node, number>()
    const queue: ts.Node[] = []
    const reach = (node: ts.Node): number => {
      const known = reached.get(node)
      if (known !== undefined) return known
      reached.set(node, reached.size)
      queue.push(node)
      return reached.size - 1
    }
    const hash = createHash('sha256')
    const options = this.#reading.author
    hash.update(this.#text(lambda, lambda, carried, reach)).update(optionText(lambda, options))
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      hash
        .update('\n')
        .update(this.#text(node, lambda, carried, reach))
        .update(optionText(node, options))
      for (const filler of this.#fillers(node)) if (!reached.has(filler)) reach(filler)
    }
    return hash.digest('hex').slice(0, 32)
  }

  #text(node: ts.Node, lambda: ts.Node, carried: readonly string[], reach: (node: ts.Node) => number): string {
    if (ts.isSourceFile(node) && node.fileName.endsWith('.json')) return JSON.stringify(JSON.parse(node.text))
    const nameText = (name: ts.Identifier): string | null => {
      const inLambda = isInside(name, lambda)
      return this.#name(name, node, reach, inLambda ? carried : [])
    }
    if (!ts.isParameter(node)) return treeText(textNode(node), nameText)
    // A helper's parameter is what its callers pass.
    const index = (node.parent.parameters as readonly ts.Node[]).indexOf(node)
    const calls = callsOf(this.#reading, node.parent)
    const passed = calls?.flatMap(call => call.arguments[index] ?? []) ?? this.#reading.files
    return passed.map(argument => treeText(argument, name => this.#name(name, argument, reach, []))).join('\n')
  }

  #name(
    name: ts.Identifier,
    inside: ts.Node,
    reach: (node: ts.Node) => number,
    carried: readonly string[],
  ): string | null {
    const symbol = this.#reading.symbolAt(name)
    const declaration = symbol === null ? undefined : this.#reading.declarationsOf(symbol)[0]
    if (symbol === null || declaration === undefined) return null
    const owner = this.#reading.ownerOf(symbol)
    if (owner === 'language') return `language:${symbol.name}`
    if (owner === 'library') return this.#library(declaration.getSourceFile().fileName, symbol.name)
    if (owner !== 'author' || isInside(declaration, inside)) return null
    // `helpers.f` of `import * as helpers`: the member is what counts.
    if (ts.isSourceFile(declaration) && ts.isPropertyAccessExpression(name.parent)) return null
    if (isMember(declaration) || (carried.includes(name.text) && isLocalVariable(declaration))) return null
    return `#${reach(declaration)}`
  }

  #library(file: string, name: string): string {
    const known = this.#libraries.get(file) ?? libraryHash(file)
    this.#libraries.set(file, known)
    const builds = this.#reading.author.conditions.map(c => `:${c}`).join('')
    return `library:${libraryName(file)}:${known}:${name}${builds}`
  }

  #fillers(node: ts.Node): readonly ts.Node[] {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name)) return []
    const symbol = this.#reading.symbolAt(node.name)
    return symbol === null ? [] : fillersOf(this.#reading, symbol)
  }
}

/** Members are part of the text of what holds them. */
function isMember(node: ts.Node): boolean {
  return (
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isEnumMember(node) ||
    ts.isTypeParameterDeclaration(node)
  )
}

/** The part of a declaration that defines its name. */
function textNode(node: ts.Node): ts.Node {
  let at = node
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent
  if (!ts.isVariableDeclaration(at) || at.initializer !== undefined) return at
  const loop = at.parent.parent
  return ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : at
}
