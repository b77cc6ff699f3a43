// The result of testing the laws of an aggregation, as plain data that can be kept in a file.

/** The laws, in the order in which they are tested. */
export type Law =
  | 'total' // no part throws on what it can be given
  | 'plain' // states and results have canonical bytes
  | 'pure' // no part changes what it is given
  | 'deterministic' // the same arguments give the same result
  | 'storable' // a state that was stored and read means the same
  | 'identity' // zero changes nothing
  | 'commutative'
  | 'associative'

export type Part = 'zero' | 'lift' | 'plus' | 'present'

/** A law that does not hold, with values that show it. */
export interface Breach {
  readonly law: Law
  /** What the author should look at. */
  readonly part: Part
  /** What is wrong, in a few words. */
  readonly label: string
  /** The counter-example: values, states and both sides, a line each. */
  readonly lines: readonly string[]
  readonly fix: string
}

/** What `lift` or `present` throws on: such an element becomes a dead letter, such a row an error row. */
export interface Refused {
  readonly value: string
  readonly error: string
}

export interface LawVerdict {
  readonly breach: Breach | null
  /** The shortest value that `lift` throws on, and the shortest state that `present` throws on. */
  readonly refused: { readonly lift: Refused | null; readonly present: Refused | null }
}

/** True where the breach is one of order or grouping. */
export function isAboutPlus({ law }: Breach): boolean {
  return law === 'commutative' || law === 'associative'
}
