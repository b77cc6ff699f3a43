// The two arguments of `plus` and their parts: `a.low`, `b[0]`, `{ low }` as a parameter.

import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, nameOf, ts, unwrap } from '../../1-read/syntax.ts'

export type OperandSide = 0 | 1

export class Operands {
  readonly #reading: Reading
  readonly #parameters: readonly ts.ParameterDeclaration[]

  private constructor(reading: Reading, parameters: readonly ts.ParameterDeclaration[]) {
    this.#reading = reading
    this.#parameters = parameters
  }

  /** Null where the function does not take two arguments as they are. */
  static of(reading: Reading, { parameters }: FunctionNode): Operands | null {
    const isPlain = (p: ts.ParameterDeclaration) => p.dotDotDotToken === undefined && p.initializer === undefined
    return parameters.length === 2 && parameters.every(isPlain) ? new Operands(reading, parameters) : null
  }

  /** Whose part an expression is, where it is the part at this path (`.low`, `.0`); null for anything else. */
  sideOf(expression: ts.Expression, path: string): OperandSide | null {
    const found = this.#partOf(unwrap(expression))
    return found !== null && found.path === path ? found.side : null
  }

  #partOf(node: ts.Expression): { readonly side: OperandSide; readonly path: string } | null {
    if (ts.isIdentifier(node)) return this.#bound(node)
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return null
    if (node.questionDotToken !== undefined) return null
    const holder = this.#partOf(unwrap(node.expression))
    const name = ts.isPropertyAccessExpression(node) ? node.name.text : literalName(node.argumentExpression)
    return holder === null || name === null ? null : { side: holder.side, path: `${holder.path}.${name}` }
  }

  /** A parameter, or a name in the pattern that one is. */
  #bound(name: ts.Identifier): { readonly side: OperandSide; readonly path: string } | null {
    const symbol = this.#reading.symbolAt(name)
    let at: ts.Node | undefined = symbol === null ? undefined : this.#reading.declarationsOf(symbol)[0]
    let path = ''
    while (at !== undefined && ts.isBindingElement(at)) {
      const step = at.initializer === undefined && at.dotDotDotToken === undefined ? stepOf(at) : null
      if (step === null) return null
      path = `.${step}${path}`
      at = at.parent.parent
    }
    const side = this.#parameters.indexOf(at as ts.ParameterDeclaration)
    return side === 0 || side === 1 ? { side, path } : null
  }
}

function stepOf(element: ts.BindingElement): string | null {
  const pattern = element.parent
  if (ts.isArrayBindingPattern(pattern)) return String(pattern.elements.indexOf(element))
  return nameOf(element.propertyName ?? (element.name as ts.BindingName))
}

function literalName(node: ts.Expression): string | null {
  return ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) ? node.text : null
}
