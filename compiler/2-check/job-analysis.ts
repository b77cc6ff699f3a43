// The result of the second phase, static reading, which all later phases use.

import type { RowTypes } from '../../core/plan/plan.ts'
import type { EmitOptions } from '../1-read/author-options.ts'
import type { Insertion } from '../1-read/insertion.ts'
import type { CallFactsById } from '../call-facts.ts'
import type { Diagnostic, Span } from '../diagnostic.ts'
import type { AggregationCalls } from '../law-facts.ts'

/** Made by `check-job.ts`. */
export interface JobAnalysis {
  /** Collected, sorted, capped. With an error among them nothing may be emitted. */
  readonly diagnostics: readonly Diagnostic[]
  /** Facts by call id. */
  readonly calls: CallFactsById
  /** Declared types of the rows of views, by name. */
  readonly views: ReadonlyMap<string, RowTypes>
  /** Facts of each call of `aggregation`, by call id. */
  readonly aggregations: AggregationCalls
  /** Span of the call with this id, for errors that arise when the job is evaluated. */
  readonly spans: ReadonlyMap<number, Span>
  /** By absolute path, sorted by position: the marks to insert before bundling. */
  readonly insertions: ReadonlyMap<string, readonly Insertion[]>
  /** Absolute paths of the author's files, the job's first. */
  readonly files: readonly string[]
  /** Imports by a name of the author's tsconfig (`paths`): the absolute path of the file that each means. */
  readonly aliases: ReadonlyMap<string, string>
  /** What the author's tsconfig decides about the code that runs. */
  readonly emitted: EmitOptions
  /** Further names of builds in `exports` of packages. */
  readonly conditions: readonly string[]
  /** Absolute paths of the configuration files that were looked at. */
  readonly configuration: readonly string[]
  /** Text of every author's file by its path relative to the job's folder, as spans name it. */
  readonly texts: ReadonlyMap<string, string>
  /** The job's folder, absolute, to which all paths in spans and facts are relative. */
  readonly folder: string
}
