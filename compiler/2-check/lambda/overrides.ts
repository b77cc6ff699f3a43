// Methods that a call of a class's method may run instead: those of classes that extend another one.
//
// Promises: every method or function field of that name in such a class, whatever it extends; too many rather than too
// few.

import type { Reading } from '../../1-read/reading.ts'
import { forEachDescendant, nameOf, ts } from '../../1-read/syntax.ts'

/** Empty for what is no member of a class. */
export function overridesOf(reading: Reading, declaration: ts.Node): readonly ts.ClassElement[] {
  if (!ts.isClassElement(declaration) || !ts.isClassLike(declaration.parent)) return []
  const name = nameOf(declaration.name)
  const found: ts.ClassElement[] = []
  for (const file of reading.files) {
    forEachDescendant(file, node => {
      if (!ts.isClassLike(node) || node === declaration.parent || !extendsOther(node)) return
      found.push(...node.members.filter(m => m.name !== undefined && nameOf(m.name) === name))
    })
  }
  return found
}

function extendsOther(node: ts.ClassLikeDeclaration): boolean {
  return node.heritageClauses?.some(c => c.token === ts.SyntaxKind.ExtendsKeyword) ?? false
}
