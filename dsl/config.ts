// `defineConfig`: where the topics of a project's jobs are and how the jobs run, for `lyrebird.config.ts`.
//
// Promises: a frozen copy. Options of the command line take precedence. Not here: reading the file and checking its
// values (`cli/config.ts`).

import type { RowSinkDefinition } from '../core/sink/row-sink.ts'
import { freezeDeep } from '../core/values/freeze-deep.ts'
import type { Duration } from './duration.ts'

/** The fields of a configuration file; each is the default of the option of that name. */
export interface LyrebirdConfig {
  /** A log directory, or `kafka://HOST:PORT,...`. */
  readonly log?: string
  /** A directory of stored files with older records of the log's topics. */
  readonly archive?: string
  /** The state directory. */
  readonly state?: string
  /** The log directory that outputs are written to. Default: `out` in the state directory. */
  readonly out?: string
  /** The URL of the schema registry that `lyrebird schemas` asks. */
  readonly registry?: string
  /** Worker threads of a batch run. */
  readonly workers?: number
  /** How often a stream commits. */
  readonly commitInterval?: Duration
  /**
   * Where the rows of views go besides the state, by view: `postgres(...)` and others of `lyrebird/sinks`. The view of
   * one job among several is named `JOB/VIEW`.
   */
  readonly sinks?: Readonly<Record<string, RowSinkDefinition>>
}

/**
 * Types a configuration file:
 *
 *     export default defineConfig({ log: 'log', state: '.lyrebird/page-views' })
 */
export function defineConfig(config: LyrebirdConfig): LyrebirdConfig {
  const { sinks, ...rest } = config
  // A sink may be an object of the author's own, which is not ours to freeze.
  return Object.freeze({ ...freezeDeep(rest), ...(sinks === undefined ? {} : { sinks: Object.freeze({ ...sinks }) }) })
}
