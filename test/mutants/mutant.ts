// What a deliberate defect is.

export interface Mutant {
  readonly name: string
  /** What is wrong, as a sentence. */
  readonly defect: string
  readonly file: string
  /** Occurs in the file exactly once. */
  readonly find: string
  readonly put: string
  readonly suite: string
}
