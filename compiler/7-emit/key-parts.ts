// A composite key as the parts that are written for it: emitted code that writes its canonical bytes without making the
// key.
//
// Promises: null where a part may be absent, or is not known: what is written is what `encodeValue` writes of the key.

import type { Expression } from '../../core/plan/expression.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { fieldStart } from '../../core/values/object-shape.ts'
import { expressionText } from './expression.ts'
import type { ElementNames, WriteKey } from './flow.ts'

/** Bytes that are the same for every key, or a part. */
type Piece = Uint8Array | Extract<Expression, { kind: 'field' }> | { readonly computed: Expression }

const ARITHMETIC = new Set(['===', '!==', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'])

export function keyParts(element: ElementNames, expression: Expression): WriteKey | null {
  if (expression.kind !== 'object' && expression.kind !== 'array') return null
  const pieces = piecesOf(element, expression)
  if (pieces === null) return null
  return (flow, writer) => {
    const statements: string[] = []
    let marks: number[] = []
    const flush = (): void => {
      const name = flow.fresh('marks')
      flow.setup(`const ${name} = Uint8Array.of(${marks.join(', ')})`)
      statements.push(`${writer}.${statements.length === 0 ? 'begin' : 'marks'}(${name})`)
      marks = []
    }
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) marks.push(...piece)
      else {
        if (marks.length > 0 || statements.length === 0) flush()
        statements.push(writePart(element, writer, piece))
      }
    }
    flush()
    return statements.join('\n')
  }
}

function writePart(element: ElementNames, writer: string, piece: Exclude<Piece, Uint8Array>): string {
  if ('computed' in piece) return `${writer}.value(${expressionText(element, piece.computed)})`
  const [text, placed] = [expressionText(element, piece), element.texts?.(piece.path)]
  if (placed === undefined) return `${writer}.value(${text})`
  return `if (${placed.test}) ${writer}.textAt(${placed.cells}.address(j), ${placed.cells}.length(j))\nelse ${writer}.text(${text})`
}

function piecesOf(element: ElementNames, expression: Expression): readonly Piece[] | null {
  switch (expression.kind) {
    case 'constant':
      return expression.value === undefined ? null : [canonicalBytes(expression.value)]
    case 'field':
      return element.sure?.(expression.path) === true ? [expression] : null
    case 'unary':
      return expressionText(element, expression) === null ? null : [{ computed: expression }]
    case 'binary':
      if (!ARITHMETIC.has(expression.operator) || expressionText(element, expression) === null) return null
      return [{ computed: expression }]
    case 'array':
      return all([ARRAY, ...expression.items.map(item => piecesOf(element, item)), END])
    case 'object': {
      const fields = expression.fields.map(({ name, value }) => ({ mark: fieldStart(name), value }))
      fields.sort((a, b) => compareBytes(a.mark, b.mark))
      return all([OBJECT, ...fields.flatMap(({ mark, value }) => [[mark], piecesOf(element, value)]), END])
    }
    case 'conditional':
      return null
  }
}

const all = (lists: readonly (readonly Piece[] | null)[]): readonly Piece[] | null =>
  lists.some(list => list === null) ? null : lists.flatMap(list => list as readonly Piece[])

const ARRAY = [canonicalBytes([]).slice(0, 1)]
const OBJECT = [canonicalBytes({}).slice(0, 1)]
const END = [canonicalBytes({}).slice(1)]
