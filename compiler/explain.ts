// `explain`: the page of a diagnostic's word. Pages of failures are in `cli`.

import { PAGES } from './messages/pages.ts'

/** Markdown of the page of a word; null for a word that no diagnostic has. */
export function explain(word: string): string | null {
  return PAGES.get(word) ?? null
}

/** Every word, sorted. */
export function diagnosticWords(): readonly string[] {
  return [...PAGES.keys()].sort()
}
