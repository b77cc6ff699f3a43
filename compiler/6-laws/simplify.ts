// Simplifies a counter-example: a value that is in several places is replaced in all of them at once, which generic
// shrinking cannot do.

import type { Leaf, Recipe } from './states.ts'

const SIMPLE: readonly unknown[] = [0, 1, 2, 0n, 1n, 2n, '', 'a', 'b']

/** The values tried in place of a scalar: simpler ones of its type. */
export function simplerThan(scalar: unknown): readonly unknown[] {
  const same = SIMPLE.filter(s => typeof s === typeof scalar)
  const at = same.indexOf(scalar)
  return at < 0 ? same : same.slice(0, at)
}

/** Every number, bigint and text in the leaves, once. */
export function scalarsIn(recipes: readonly Recipe[]): readonly unknown[] {
  const found = new Set<unknown>()
  const visit = (value: unknown): void => {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') found.add(value)
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
      Object.values(value).forEach(visit)
  }
  for (const leaf of recipes.flatMap(r => r.leaves)) if (leaf !== 'zero') visit(leaf.value)
  return [...found]
}

/** The recipes with another value wherever a scalar was. */
export function replaced(recipes: readonly Recipe[], scalar: unknown, other: unknown): readonly Recipe[] {
  const within = (value: unknown): unknown => {
    if (Object.is(value, scalar)) return other
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if (Array.isArray(value)) return value.map(within)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, within(part)]))
  }
  const inLeaf = (leaf: Leaf): Leaf => (leaf === 'zero' ? leaf : { value: within(leaf.value) })
  return recipes.map(recipe => ({ ...recipe, leaves: recipe.leaves.map(inLeaf) }))
}
