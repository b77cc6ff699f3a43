// The walk through one function, as the parts of the use analysis see it.

import type { Reading } from '../../1-read/reading.ts'
import type { ts } from '../../1-read/syntax.ts'
import type { UsePath, UseTree } from './use-tree.ts'

export type Paths = readonly UsePath[]

export interface Walker {
  readonly reading: Reading
  readonly tree: UseTree
  /** The name refers to these paths too. */
  alias(name: ts.Identifier, paths: Paths): void
  /** The values at these paths are used whole. */
  whole(paths: Paths): void
  /** The values at these paths, of the type of a node, are only tested for presence. */
  touch(paths: Paths, node: ts.Node): void
  /** An expression is used whole. */
  consume(node: ts.Expression): void
  /** Notes uses in an expression, and gives the paths that it refers to. */
  read(node: ts.Expression): Paths
  /** Notes uses in a statement or any other node. */
  visit(node: ts.Node): void
}
