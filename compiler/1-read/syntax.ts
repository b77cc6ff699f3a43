// The syntax tree's vocabulary for the rest of the compiler: nodes are TypeScript's own, and only this file exports
// them.
//
// Not here: questions about symbols and types, which a syntax tree alone cannot answer (`reading.ts`).

import { ts } from 'ts-morph'

export { ts }

/** Any function with a body. */
export type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.Node }

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && (node as { body?: ts.Node }).body !== undefined
}

/** The expression beneath parentheses, `as`, `satisfies`, `!` and type assertions. */
export function unwrap(node: ts.Expression): ts.Expression {
  let at = node
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isTypeAssertionExpression(at)
  ) {
    at = at.expression
  }
  return at
}

export function isInside(node: ts.Node, container: ts.Node): boolean {
  return node.getSourceFile() === container.getSourceFile() && node.pos >= container.pos && node.end <= container.end
}

/** The innermost function around a node, or null at the top level of a module. */
export function functionAround(node: ts.Node): ts.Node | null {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) || ts.isPropertyDeclaration(at) || ts.isClassStaticBlockDeclaration(at)) return at
  }
  return null
}

export function forEachDescendant(node: ts.Node, visit: (node: ts.Node) => void): void {
  ts.forEachChild(node, child => {
    visit(child)
    forEachDescendant(child, visit)
  })
}

/** Whether a node, or one inside of it, passes a test. */
export function contains(node: ts.Node, test: (node: ts.Node) => boolean): boolean {
  return test(node) || ts.forEachChild(node, child => contains(child, test)) === true
}

/** A name in a message: short and on one line. */
export function shortText(node: ts.Node): string {
  const text = node.getText().replace(/\s+/g, ' ')
  return text.length > 40 ? `${text.slice(0, 37)}...` : text
}

/** The text of a property's name, where it is written down. */
export function nameOf(name: ts.PropertyName | ts.BindingName | undefined): string | null {
  if (name === undefined) return null
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) return name.expression.text
  return ts.isPrivateIdentifier(name) ? name.text : null
}

/** True in the parts of a tree that are erased before a program runs. */
export function isErased(node: ts.Node): boolean {
  return (
    (ts.isTypeNode(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isImportDeclaration(node) ||
      ts.isExportDeclaration(node)) &&
    !ts.isExpressionWithTypeArguments(node)
  )
}
