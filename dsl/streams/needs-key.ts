// Words that need a keyed stream, as an unkeyed stream has them: each a `Mistake` with a sentence.
//
// Promises: the editor says what to write. The words themselves are in `streams.ts`.

import type { Mistake } from '../mistake.ts'

/** Words of an unkeyed stream that cannot be called. */
export interface NeedsKey {
  /** Needs a key: `keyBy(...)` first. */
  mapValues(this: Mistake<'mapValues() needs a keyed stream: call keyBy(...) first.'>, fn: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  filterKeys(this: Mistake<'filterKeys() needs a keyed stream: call keyBy(...) first.'>, fn: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  flatMapKeys(this: Mistake<'flatMapKeys() needs a keyed stream: call keyBy(...) first.'>, fn: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  scan(this: Mistake<'scan() needs a keyed stream: call keyBy(...) first.'>, zero: unknown, step: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  distinct(this: Mistake<'distinct() needs a keyed stream: call keyBy(...) first.'>, by?: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  dedupe(this: Mistake<'dedupe() needs a keyed stream: call keyBy(...) first.'>, by: unknown, within: unknown): never
  /** Needs a key: `keyBy(...)` first. */
  toTable(this: Mistake<'toTable() needs a keyed stream: call keyBy(...) first.'>): never
  /** Needs a key: `keyBy(...)` first. */
  joinTable(
    this: Mistake<'joinTable() needs a keyed stream: call keyBy(...) first.'>,
    table: unknown,
    options?: unknown,
  ): never
}
