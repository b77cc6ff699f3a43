// Turns a line and column into a span of an author's file.

import type { Span } from '../diagnostic.ts'

/**
 * The span of `length` units at a line and column (from 1) of a file, by its path relative to the job's folder; null
 * where it is none of the author's files.
 */
export function placeIn(
  texts: ReadonlyMap<string, string>,
  file: string,
  line: number,
  column: number,
  length = 1,
): Span | null {
  const text = texts.get(file)
  if (text === undefined) return null
  let start = 0
  for (let n = 1; n < line; n++) {
    const next = text.indexOf('\n', start)
    if (next < 0) break
    start = next + 1
  }
  start += column - 1
  return { file, start, end: start + Math.max(1, length), line, column }
}
