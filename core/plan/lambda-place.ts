// Where calls of the language take lambdas: what the registries of words and of aggregations say of each.

/** Names of lambdas in a node; in one of an aggregation they follow the name of a field: `FIELD.of`. */
export type Slot =
  | 'rows'
  | 'fn'
  | 'time'
  | 'key'
  | 'of'
  | 'by'
  | 'deletedKey'
  | 'decode'
  | 'encode'
  | 'lift'
  | 'plus'
  | 'present'

export interface LambdaPlace {
  readonly argument: number
  /** The lambda is this property of the argument, an options object. */
  readonly property?: string
  /** Names what the lambda's result is kept as; null where it is not kept by itself. */
  readonly keptAs: string | null
  /** Which of the lambda's parameters is the value; the first where nothing is said. */
  readonly value?: number
  /** The result is a list of what is kept. */
  readonly many?: boolean
}

/** The lambdas of one call, by slot. */
export type CallLambdas = Readonly<Partial<Record<Slot, LambdaPlace>>>
