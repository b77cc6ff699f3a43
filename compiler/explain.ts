// `explain`: the page of a diagnostic's word.

import { PAGES } from './messages/pages.ts'

export type Explanation =
  | { readonly found: true; readonly word: string; readonly page: string }
  | { readonly found: false; readonly nearest: string | null }

/** Markdown of the page of a word; on a miss the word that is written most like it, if one is near. */
export function explain(word: string): Explanation {
  const page = PAGES.get(word)
  if (page !== undefined) return { found: true, word, page }
  return { found: false, nearest: nearestName(word, [...PAGES.keys()]) }
}

/** Every word, sorted. */
export function diagnosticWords(): readonly string[] {
  return [...PAGES.keys()].sort()
}

/** The name at the least editing distance, if that is at most two fifths of the longer name. */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  let best: { name: string; distance: number } | null = null
  for (const name of names) {
    const distance = editingDistance(wanted.slice(0, 100), name)
    if (distance <= 0.4 * Math.max(wanted.length, name.length) && (best === null || distance < best.distance)) {
      best = { name, distance }
    }
  }
  return best?.name ?? null
}

/** Levenshtein's distance: letters inserted, deleted or replaced. */
function editingDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    above = row
  }
  return above[b.length] as number
}
