// A lambda as data: what it computes of its value, where that is plain enough to be computed over whole columns.
//
// Promises: an expression has no effect and calls nothing; evaluated by the rules of JavaScript on a value of the
// declared type it gives what the author's closure gives. A lambda that does anything else has none.
// Not here: which lambdas have one (`compiler/2-check/lambda/expression.ts`).

export type Expression =
  /** A part of the value by the names on the way to it; the value itself where there are none. */
  | { readonly kind: 'field'; readonly path: readonly string[] }
  /** `undefined` stands for itself where `value` is left out. */
  | { readonly kind: 'constant'; readonly value?: string | number | boolean | null }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  /** An object literal; no name twice. */
  | { readonly kind: 'object'; readonly fields: readonly ExpressionField[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }

export interface ExpressionField {
  readonly name: string
  readonly value: Expression
}

export const UNARY_OPERATORS = ['!', '-', '+'] as const
export type UnaryOperator = (typeof UNARY_OPERATORS)[number]

export const BINARY_OPERATORS = [
  '===',
  '!==',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&&',
  '||',
  '??',
] as const
export type BinaryOperator = (typeof BINARY_OPERATORS)[number]
