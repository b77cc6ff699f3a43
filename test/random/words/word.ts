// What a word is to the generator of random jobs.

import type { Draw } from '../draw.ts'
import type { Place, Shape } from '../shape.ts'
import type { ValueType } from './value-type.ts'

/** What a word may ask of the job under construction. */
export interface Surroundings {
  /** The label of `options` whose pairs with `labels` have been met least. */
  readonly rarest: (labels: readonly string[], options: readonly string[]) => string
  /** A place of that shape, key and value (null: any), met least as `label`; it exists or further steps make it. */
  readonly partner: (
    draw: Draw,
    label: string,
    want: { readonly shape: Shape; readonly key: ValueType | null; readonly value: ValueType | null },
  ) => Place
  /** A table of versions with these keys, for `joinTable`. */
  readonly versions: (draw: Draw, label: string, key: ValueType) => Versions
  /** A table with the keys and windows of `like`, perhaps `like` itself; met least as `label`. */
  readonly table: (label: string, like: Place) => Place
}

/** What `joinTable` reads. */
export interface Versions {
  /** `step3.toTable()`, or a table. */
  readonly text: string
  readonly value: ValueType
  /** The place that it is made from. */
  readonly place: Place
}

export interface Made {
  /** Text after the input: `.filter(v => v.n > 1)`. */
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
  /** Labels of the inputs beside the first, with the shapes that they take. */
  readonly others?: Readonly<Record<string, readonly Shape[]>>
  /** The pair that counts instead of those with `labels`, where the plan has other nodes in between. */
  readonly pair?: string
  /** Null where the word cannot take this input. */
  readonly make: (draw: Draw, input: Place, around: Surroundings) => Made | null
}

export const STREAMS: readonly Shape[] = ['stream', 'keyed']
