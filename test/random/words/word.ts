// What a word is to the generator of random jobs.

import type { Draw } from '../draw.ts'
import type { Place, Shape } from '../shape.ts'
import type { ValueType } from './value-type.ts'

/** What a word may ask of the job that is being made. */
export interface Surroundings {
  /** The label that its pairs with `labels` are met least, among `options`. */
  readonly rarest: (labels: readonly string[], options: readonly string[]) => string
  /** A place of that shape, key and value (null: any), which exists or is made by further steps; met least as `label`. */
  readonly partner: (
    draw: Draw,
    label: string,
    want: { readonly shape: Shape; readonly key: ValueType | null; readonly value: ValueType | null },
  ) => Place
  /** A table of versions with these keys, for `joinTable`. */
  readonly versions: (draw: Draw, label: string, key: ValueType) => Versions
  /** A table with the keys and the windows of another, which may be that one itself; met least as `label`. */
  readonly table: (label: string, like: Place) => Place
}

/** What `joinTable` reads. */
export interface Versions {
  /** `step3.toTable()`, or a table. */
  readonly text: string
  readonly value: ValueType
  /** What must stand before. */
  readonly place: Place
}

export interface Made {
  /** What follows the input: `.filter(v => v.n > 1)`. */
  readonly call: string
  /** Inputs beside the first. */
  readonly others: readonly Place[]
  readonly place: Omit<Place, 'name' | 'depth'>
}

export interface Word {
  /** Shapes of the first input. */
  readonly takes: readonly Shape[]
  readonly gives: readonly Shape[]
  /** Labels that a step of this word may have as a consumer. */
  readonly labels: readonly string[]
  /** Labels that stand for inputs beside the first, with the shapes that they take. */
  readonly others?: Readonly<Record<string, readonly Shape[]>>
  /** Counted instead of the pairs with `labels`, where the plan has other nodes in between. */
  readonly pair?: string
  /** Null where this input will not do. */
  readonly make: (draw: Draw, input: Place, around: Surroundings) => Made | null
}

export const STREAMS: readonly Shape[] = ['stream', 'keyed']
