// Types of a job's results, read off `typeof job`: for query clients and tests, without generated code.
//
// Promises: types only, no code.

import type { ResultsOf } from './job.ts'
import type { AnyOutput, AnyTable, TableShape, WrittenValue } from './streams/streams.ts'

/** Names of a job's views: `ViewName<typeof job>`. */
export type ViewName<J> = NamesOf<ResultsOf<J>, AnyTable>

/** Names of a job's outputs. */
export type OutputName<J> = NamesOf<ResultsOf<J>, AnyOutput>

type NamesOf<Results, Kind> = {
  [Name in keyof Results]: Results[Name] extends Kind ? Extract<Name, string> : never
}[keyof Results]

/** The key of a view's rows. */
export type ViewKey<J, Name extends ViewName<J>> =
  TableShape<ResultsOf<J>[Name]> extends { readonly key: infer K } ? K : never

/** The value of a view's rows. */
export type ViewValue<J, Name extends ViewName<J>> =
  TableShape<ResultsOf<J>[Name]> extends { readonly value: infer V } ? V : never

/** The values that an output writes. */
export type OutputValue<J, Name extends OutputName<J>> = WrittenValue<ResultsOf<J>[Name]>

/** The window of a row as it is printed. */
export interface PrintedWindow {
  /** ISO 8601, UTC. */
  readonly start: string
  readonly end: string
  readonly closed: boolean
}

/** A row of a view as `lyrebird query` prints it: `ViewRow<typeof job, 'traffic'>`. A bigint is printed as a string. */
export type ViewRow<J, Name extends ViewName<J>> =
  TableShape<ResultsOf<J>[Name]> extends { readonly windowing: 'global' }
    ? { readonly key: Printed<ViewKey<J, Name>>; readonly value: Printed<ViewValue<J, Name>> }
    : {
        readonly key: Printed<ViewKey<J, Name>>
        readonly window: PrintedWindow
        readonly value: Printed<ViewValue<J, Name>>
      }

/** The type of a value that was printed as JSON and parsed again: bigints and bytes are strings. */
export type Printed<V> = V extends bigint
  ? string
  : V extends Uint8Array
    ? string
    : V extends string | number | boolean | null | undefined
      ? V
      : { readonly [Part in keyof V]: Printed<V[Part]> }
