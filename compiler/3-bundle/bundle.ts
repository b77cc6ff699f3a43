// A bundled job: the author's code as one script, with the map back to the author's files.

export interface Bundle {
  /** CommonJS text: uses `require`, `module`, `exports`. */
  readonly code: string
  /** Source map of `code`, version 3, without a source root. */
  readonly map: SourceMap
  /** Modules that the code requires: `lyrebird`, and entries for formats such as `lyrebird/avro`. Sorted. */
  readonly requires: readonly string[]
  /** By the path of a source in the map that is not the author's: the author's import that leads to it. */
  readonly importedBy: ReadonlyMap<string, AuthorImport>
}

export interface AuthorImport {
  /** The author's file, relative to the job's folder. */
  readonly file: string
  /** As it is written there: `zod/mini`. */
  readonly specifier: string
}

export interface SourceMap {
  readonly version: 3
  readonly sources: readonly string[]
  readonly sourcesContent: readonly (string | null)[]
  readonly names: readonly string[]
  readonly mappings: string
}
