// How diagnostics look: a frame of the author's file with what is wrong, why and what to write instead; or JSON.
//
// Promises: no colour unless asked; the place is printed as `path:line:column`, which terminals and editors open. The
// shape:
//
//     clock-in-lambda  the lambda reads the clock
//
//       job.ts:14:9
//        13 │ const recent = views
//        14 │   .filter(v => Date.now() - v.at < 60_000)
//           │                ~~~~~~~~ Date.now gives another answer at each run
//
//       Batch reads a record hours after the stream did, so the two would differ.
//       Use the record's own time: ...
//
//       explain: lyrebird explain clock-in-lambda

import type { Diagnostic, Related, Span } from './diagnostic.ts'

interface RenderOptions {
  /** The text of a file by its path as spans name it; undefined where it is not known, which leaves out the frame. */
  readonly textOf: (file: string) => string | undefined
  readonly colour?: boolean
  /** Printed before paths, such as `jobs/` for a job in a folder below; default none. */
  readonly prefix?: string
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map(d => renderDiagnostic(d, options)).join('\n')
}

export function renderDiagnostic(d: Diagnostic, options: RenderOptions): string {
  const paint = painter(options.colour === true)
  const strong = d.severity === 'error' ? paint.red : paint.yellow
  const head = `${strong(d.word)}  ${d.severity === 'warning' ? 'warning: ' : ''}${d.title}`
  const place = d.span === null ? [`  ${d.label}`] : frame(d.span, d.label, options, strong)
  const chain = d.related.flatMap(r => relatedLines(r, options))
  const details = d.details === undefined ? [] : ['', ...d.details.map(line => `  ${line}`)]
  const reason = [`  ${d.why}`, `  ${d.fix}`]
  return [
    head,
    '',
    ...place,
    ...chain,
    ...details,
    '',
    ...reason,
    '',
    `  explain: lyrebird explain ${d.word}`,
    '',
  ].join('\n')
}

/** Plain data for `--json`, with stable names. */
export function diagnosticJson(d: Diagnostic): Readonly<Record<string, unknown>> {
  return {
    word: d.word,
    severity: d.severity,
    title: d.title,
    label: d.label,
    why: d.why,
    fix: d.fix,
    span: d.span,
    related: d.related.map(r => ({ label: r.label, span: r.span })),
    ...(d.details === undefined ? {} : { details: d.details }),
  }
}

const LINE_MAX = 110

function frame(span: Span, label: string, options: RenderOptions, strong: (text: string) => string): string[] {
  const paint = painter(options.colour === true)
  const place = `  ${paint.cyan(`${options.prefix ?? ''}${span.file}:${span.line}:${span.column}`)}`
  const lines = options.textOf(span.file)?.split(/\r\n|\r|\n/)
  if (lines === undefined) return [place, `  ${label}`]
  const width = String(span.line + 1).length + 1
  const row = (line: number): string[] => {
    const text = lines[line - 1]
    if (text === undefined) return []
    return [`  ${paint.dim(`${String(line).padStart(width)} │`)} ${cut(text, span.column)}`.trimEnd()]
  }
  const before = (lines[span.line - 2] ?? '').trim() === '' ? [] : row(span.line - 1)
  const after = (lines[span.line] ?? '').trim() === '' ? [] : row(span.line + 1)
  return [
    place,
    ...before,
    ...row(span.line),
    caretLine(span, lines[span.line - 1] ?? '', label, width, strong),
    ...after,
  ]
}

function caretLine(span: Span, text: string, label: string, width: number, strong: (text: string) => string): string {
  const shift = shiftOf(text, span.column)
  const lead = text.slice(shift, span.column - 1).replace(/[^\t]/g, ' ')
  const onLine = Math.min(span.end - span.start, text.length - span.column + 1, LINE_MAX)
  const mark = '~'.repeat(Math.max(1, onLine))
  return `  ${' '.repeat(width)} │ ${lead}${strong(`${mark} ${label}`)}`
}

/** Of a very long line, the part around the place. */
function cut(text: string, column: number): string {
  const shift = shiftOf(text, column)
  return text.slice(shift, shift + LINE_MAX)
}

function shiftOf(text: string, column: number): number {
  return text.length <= LINE_MAX ? 0 : Math.max(0, Math.min(column - 21, text.length - LINE_MAX))
}

function relatedLines(related: Related, options: RenderOptions): string[] {
  const { span, label } = related
  const line =
    options
      .textOf(span.file)
      ?.split(/\r\n|\r|\n/)
      [span.line - 1]?.trim() ?? ''
  const place = `${options.prefix ?? ''}${span.file}:${span.line}:${span.column}`
  return [`  ${label}  ${place}  ${line.length > 60 ? `${line.slice(0, 57)}...` : line}`.trimEnd()]
}

interface Painter {
  red(text: string): string
  yellow(text: string): string
  cyan(text: string): string
  dim(text: string): string
}

function painter(colour: boolean): Painter {
  const wrap = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { red: wrap(31), yellow: wrap(33), cyan: wrap(36), dim: wrap(2) }
}
