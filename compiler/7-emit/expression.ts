// A lambda that is an expression, as the same expression over variables of emitted code.
//
// Promises: null where a part of the value that it reads has no variable; what is emitted gives what the closure gives,
// and cannot throw.

import type { Expression } from '../../core/plan/expression.ts'
import { property } from './code.ts'
import type { ElementNames } from './flow.ts'

export function expressionText(element: ElementNames, expression: Expression): string | null {
  switch (expression.kind) {
    case 'field':
      return (expression.path.length === 0 ? element.value : element.parts?.(expression.path)) ?? null
    case 'constant':
      return constant(expression.value)
    case 'unary': {
      const operand = expressionText(element, expression.operand)
      return operand === null ? null : `(${expression.operator}(${operand}))`
    }
    case 'binary': {
      const left = expressionText(element, expression.left)
      const right = left === null ? null : expressionText(element, expression.right)
      return right === null ? null : `(${left} ${expression.operator} ${right})`
    }
    case 'conditional': {
      const [test, yes, no] = [expression.test, expression.yes, expression.no].map(e => expressionText(element, e))
      return test == null || yes == null || no == null ? null : `(${test} ? ${yes} : ${no})`
    }
    case 'object': {
      const fields = expression.fields.map(f => ({ name: f.name, value: expressionText(element, f.value) }))
      if (fields.some(f => f.value === null)) return null
      return `({ ${fields.map(f => `${property(f.name)}: ${f.value}`).join(', ')} })`
    }
    case 'array': {
      const items = expression.items.map(item => expressionText(element, item))
      return items.some(item => item === null) ? null : `[${items.join(', ')}]`
    }
  }
}

/** A negative number in brackets: behind a minus it would be another operator. */
function constant(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'number') return value === undefined ? 'undefined' : JSON.stringify(value)
  return value < 0 || Object.is(value, -0) ? `(-${-value})` : String(value)
}
