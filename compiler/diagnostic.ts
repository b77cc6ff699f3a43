// Diagnostics: what is wrong with a job's source, as frozen data.
//
// Promises: collected and never thrown; sorted by place; capped; the same for the same source. Words and texts are in
// `messages/`, printing is in `render-diagnostic.ts`.

type Severity = 'error' | 'warning'

/** A stretch of a source file. Offsets count UTF-16 units from 0, lines and columns from 1. */
export interface Span {
  /** Path relative to the job's folder, with `/`. */
  readonly file: string
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}

/** The text of a diagnostic, made by the functions in `messages/`. */
export interface Message {
  /** Stable; `lyrebird explain WORD` shows its page. */
  readonly word: string
  readonly severity: Severity
  /** What is wrong, in one line. */
  readonly title: string
  /** The text at the caret. */
  readonly label: string
  /** Why it matters for batch = stream. */
  readonly why: string
  /** What to write instead. */
  readonly fix: string
}

/** A further place: a link of the call chain, or where something was declared. */
export interface Related {
  readonly span: Span
  readonly label: string
}

export interface Diagnostic extends Message {
  /** Null for what has no place in a file. */
  readonly span: Span | null
  readonly related: readonly Related[]
  /** Further lines, such as a counter-example. Left out where there are none. */
  readonly details?: readonly string[]
}

/** The most diagnostics reported for one job. */
const DIAGNOSTICS_MAX = 100

export function diagnose(
  message: Message,
  span: Span | null,
  related: readonly Related[] = [],
  details: readonly string[] = [],
): Diagnostic {
  const more = details.length === 0 ? {} : { details: Object.freeze([...details]) }
  return Object.freeze({ ...message, span, related: Object.freeze([...related]), ...more })
}

/** Sorted by file, place and word; each (word, place, title) once; warnings never displace errors. */
export function collect(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map<string, Diagnostic>()
  for (const d of diagnostics) {
    const key = JSON.stringify([d.word, d.span?.file, d.span?.start, d.title])
    if (!unique.has(key)) unique.set(key, d)
  }
  const all = [...unique.values()]
  const kept = all.filter(d => d.severity === 'error').slice(0, DIAGNOSTICS_MAX)
  kept.push(...all.filter(d => d.severity === 'warning').slice(0, DIAGNOSTICS_MAX - kept.length))
  return Object.freeze(kept.sort(byPlace))
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(d => d.severity === 'error')
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.span?.file ?? '', b.span?.file ?? '') ||
    (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
    compareText(a.word, b.word) ||
    compareText(a.title, b.title)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
