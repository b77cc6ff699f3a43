// A syntax tree as text in which formatting, comments and types leave no trace.
//
// Promises: two trees have the same text iff they run the same: parentheses, quotes, semicolons, trailing commas and
// everything that is erased are gone, the structure stays. What names refer to is in `code-hash.ts`.

import { isErased, nameOf, ts, unwrap } from '../../1-read/syntax.ts'

/** `nameText` gives the text of an identifier that refers to a declaration elsewhere; null for a plain name. */
export function treeText(node: ts.Node, nameText: (node: ts.Identifier) => string | null): string {
  const out: string[] = []
  const write = (given: ts.Node): void => {
    const at = ts.isExpression(given) ? unwrap(given) : given
    if (ts.isIdentifier(at)) return void out.push(nameText(at) ?? JSON.stringify(at.text))
    const value = leafText(at)
    if (value !== null) return void out.push(value)
    out.push(`(${KIND[at.kind]}${attributes(at)}`)
    for (const [role, child] of childrenOf(at)) {
      if (child !== null && isLeftOut(child, at)) continue
      out.push(role)
      if (child !== null) write(child)
    }
    out.push(')')
  }
  write(node)
  return out.join(' ')
}

const KIND: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(ts.SyntaxKind)
    .filter(([name, kind]) => typeof kind === 'number' && !/^(First|Last)/.test(name))
    .map(([name, kind]) => [kind, name]),
)

const ERASED_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.AbstractKeyword,
  ts.SyntaxKind.OverrideKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.DefaultKeyword,
])

function isLeftOut(node: ts.Node, parent: ts.Node): boolean {
  const isMark = node.kind === ts.SyntaxKind.QuestionToken || node.kind === ts.SyntaxKind.ExclamationToken
  if (isMark && !ts.isConditionalExpression(parent)) return true
  if (isErased(node) || ERASED_MODIFIERS.has(node.kind) || ts.isEmptyStatement(node)) return true
  return ts.isParameter(node) && ts.isIdentifier(node.name) && node.name.text === 'this'
}

function leafText(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return `s${JSON.stringify(node.text)}`
  if (ts.isNumericLiteral(node)) return `n${Number(node.text)}`
  if (ts.isBigIntLiteral(node)) return `b${node.text}`
  if (ts.isRegularExpressionLiteral(node)) return `r${node.text}`
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) {
    return `t${JSON.stringify(node.rawText ?? node.text)}`
  }
  return ts.isToken(node) && node.kind < ts.SyntaxKind.FirstNode && !ts.isPrivateIdentifier(node)
    ? `k${KIND[node.kind]}`
    : null
}

/** What a node says besides its children: the operator of `++x`, whether a list declares with let, const or var. */
function attributes(node: ts.Node): string {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return `:${KIND[node.operator]}`
  if (ts.isVariableDeclarationList(node)) return `:${node.flags & (ts.NodeFlags.Let | ts.NodeFlags.Const)}`
  return ''
}

/**
 * Children with their roles, so that `{ a: b }` and `{ a = b }` differ. A name as a key is its text, however quoted.
 */
function childrenOf(node: ts.Node): readonly (readonly [string, ts.Node | null])[] {
  const children = new Set<ts.Node>()
  ts.forEachChild(node, child => void children.add(child))
  const found: [string, ts.Node][] = []
  for (const [role, value] of Object.entries(node)) {
    if (role === 'parent' || role === 'original') continue
    if (Array.isArray(value)) {
      for (const item of value) if (children.delete(item)) found.push([role, item])
    } else if (children.delete(value as ts.Node)) found.push([role, value as ts.Node])
  }
  return found.map(([role, child]) =>
    isKey(role, node, child) ? [`${role}=${nameOf(child as ts.PropertyName)}`, null] : [role, child],
  )
}

function isKey(role: string, node: ts.Node, child: ts.Node): boolean {
  return role === 'name' && ts.isPropertyAssignment(node) && ts.isPropertyName(child) && nameOf(child) !== null
}
