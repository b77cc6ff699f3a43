// Words that need a keyed stream, as an unkeyed one has them: each a mistake with a sentence.
//
// Promises: the editor says what to write. Leaves to `streams.ts`: the words themselves.

import type { Mistake } from '../mistake.ts'

export interface NeedsKey {
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
