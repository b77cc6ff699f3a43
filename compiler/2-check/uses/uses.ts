// Which parts of its first parameter a lambda uses.
//
// Promises: never too little: what escapes (is returned, stored, spread, enumerated, given to code that is not read)
// counts as used whole. This file follows helpers, each once for each parameter; one function is in `use-walk.ts`.

import { joinUses, type Uses } from '../../../core/plan/schema.ts'
import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, forEachDescendant, ts } from '../../1-read/syntax.ts'
import { UseWalk } from './use-walk.ts'

export class UseAnalysis {
  readonly #reading: Reading
  readonly #known = new Map<FunctionNode, Map<number, Uses>>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** Of all functions that an argument can be: what they use of the parameter with this index. */
  ofAll(functions: readonly FunctionNode[], index: number): Uses {
    return functions.map(f => this.ofParameter(f, index)).reduce<Uses>(joinUses, {})
  }

  /** A function that calls itself uses the whole: what it passes on is not followed. */
  ofParameter(node: FunctionNode, index: number): Uses {
    const known = this.#known.get(node) ?? new Map<number, Uses>()
    this.#known.set(node, known)
    const before = known.get(index)
    if (before !== undefined) return before
    known.set(index, true)
    const uses = this.#find(node, index)
    known.set(index, uses)
    return uses
  }

  #find(node: FunctionNode, index: number): Uses {
    if (mentionsArguments(node)) return true
    const parameter = node.parameters[index]
    if (parameter === undefined) return node.parameters.some(p => p.dotDotDotToken !== undefined) ? true : {}
    if (parameter.dotDotDotToken !== undefined) return true
    return new UseWalk(this.#reading, this, node).of(parameter)
  }
}

/** Whether the second parameter (the record, or the row of a table) is used. */
export function usesSecond(functions: readonly FunctionNode[]): boolean {
  return functions.some(f => {
    if (mentionsArguments(f)) return true
    const [first, second] = f.parameters
    if (first?.dotDotDotToken !== undefined) return true
    if (second === undefined) return false
    if (!ts.isIdentifier(second.name)) return true
    const { text } = second.name
    return mentions(f, node => ts.isIdentifier(node) && node.text === text && node !== second.name)
  })
}

function mentionsArguments(node: FunctionNode): boolean {
  return mentions(node, inner => ts.isIdentifier(inner) && (inner.text === 'arguments' || inner.text === 'eval'))
}

function mentions(node: ts.Node, test: (inner: ts.Node) => boolean): boolean {
  let found = false
  forEachDescendant(node, inner => {
    found ||= test(inner)
  })
  return found
}
