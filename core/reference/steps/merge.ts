// merge: the elements of all branches.
//
// Promises: the identity of each is that of the element with the number of its branch, so that one record that comes
// through two branches makes two elements.

import { childIdentity } from '../../values/identity.ts'
import type { Element } from '../element.ts'

export function mergedElements(branches: readonly (readonly Element[])[]): Element[] {
  return branches.flatMap((branch, index) => branch.map(e => ({ ...e, identity: childIdentity(e.identity, index) })))
}
