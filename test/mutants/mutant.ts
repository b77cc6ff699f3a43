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
  /** A part of the name of the test that catches it, where the tests before it take long. */
  readonly test?: string
}
