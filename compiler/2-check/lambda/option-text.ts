// What the author's tsconfig adds to the hash of code that it gives another meaning.
//
// Promises: nothing where no option is set, or where the code has nothing that an option changes: so a tsconfig that is
// edited leaves the hashes of other lambdas as they are.

import type { AuthorOptions } from '../../1-read/author-options.ts'
import { contains, ts } from '../../1-read/syntax.ts'

export function optionText(code: ts.Node, { emitted }: AuthorOptions): string {
  const entries = Object.entries(emitted)
  if (entries.length === 0) return ''
  const [classes, jsx] = [contains(code, isClassPart), contains(code, isJsx)]
  const used = entries.filter(([name]) => (name.startsWith('jsx') ? jsx : classes))
  return used.length === 0 ? '' : `\n${JSON.stringify(used)}`
}

function isClassPart(node: ts.Node): boolean {
  return ts.isPropertyDeclaration(node) || ts.isDecorator(node)
}

function isJsx(node: ts.Node): boolean {
  return ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)
}
