// Names that are bound to parts of the value: declarations, parameters, destructuring in both forms.

import { nameOf, ts, unwrap } from '../../1-read/syntax.ts'
import { elementPathsOfType, propertyPathsOfType } from './use-types.ts'
import type { Paths, Walker } from './walker.ts'

/** Binds a declared name or pattern. */
export function bindName(
  walk: Walker,
  name: ts.BindingName,
  paths: Paths,
  initializer: ts.Expression | undefined,
): void {
  const all = initializer === undefined ? paths : [...paths, ...walk.read(initializer)]
  if (ts.isIdentifier(name)) return walk.alias(name, all)
  const type = walk.reading.nonNull(walk.reading.typeOf(name))
  for (const element of name.elements) {
    if (ts.isOmittedExpression(element)) continue
    if (element.dotDotDotToken !== undefined) {
      // The rest can be any field.
      walk.whole(all)
      bindName(walk, element.name, [], undefined)
    } else if (ts.isArrayBindingPattern(name)) {
      bindName(walk, element.name, elementPathsOfType(walk, type, all), element.initializer)
    } else {
      const key = element.propertyName ?? element.name
      if (ts.isPropertyName(key) && ts.isComputedPropertyName(key)) walk.consume(key.expression)
      const label = ts.isPropertyName(key) ? nameOf(key) : null
      const found = propertyPathsOfType(walk, type, all, label === null ? null : [label])
      if (element.initializer !== undefined) walk.touch(found, element.name)
      bindName(walk, element.name, found, element.initializer)
    }
  }
}

/** Binds the left side of an assignment. A property as target stores the value somewhere, so it escapes. */
export function bindPattern(walk: Walker, target: ts.Expression, paths: Paths): void {
  const node = unwrap(target)
  if (ts.isIdentifier(node)) return walk.alias(node, paths)
  walk.whole(paths)
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) {
    ts.forEachChild(node, child => walk.visit(child))
  } else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) walk.consume(node)
}
