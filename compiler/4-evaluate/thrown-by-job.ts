// What evaluating or planning a job threw, as a diagnostic at the author's line.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { isLyrebirdError } from '../../core/errors.ts'
import { isJobError, type JobErrorWord } from '../../core/plan/job-error.ts'
import { libraryName } from '../1-read/library-hash.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { AuthorImport, Bundle } from '../3-bundle/bundle.ts'
import { BEFORE } from '../3-bundle/closed-code.ts'
import { placeIn } from '../3-bundle/places.ts'
import { type Diagnostic, diagnose, type Message, type Span } from '../diagnostic.ts'
import {
  badArgument,
  badDuration,
  badName,
  badOption,
  badTopic,
  badWindow,
  duplicateOutput,
  evaluationFailed,
  libraryFailed,
  noResults,
  notKeyed,
  notWindowed,
} from '../messages/job.ts'

/** The name under which the bundle is compiled, by which its frames are found in a stack. */
export const JOB_SCRIPT = 'lyrebird-job.cjs'

/** An error that names a call of the language is at that call, any other one where the author's code threw it. */
export function thrownByJob(error: unknown, bundle: Bundle, analysis: JobAnalysis): Diagnostic {
  const sources = sourcesIn(error, bundle)
  const place = placeOf(sources, analysis)
  if (isJobError(error)) {
    const span = error.callId === null ? place : (analysis.spans.get(error.callId) ?? place)
    return diagnose(MESSAGES[error.word]({ text: error.message }), span)
  }
  const text = isLyrebirdError(error) ? `${error.message}; ${error.hint}` : textOf(error)
  const library = place === null || isImport(place, analysis) ? libraryPlace(error, sources, bundle) : null
  if (library === null) return diagnose(evaluationFailed({ text }), place)
  const message = libraryFailed({ name: libraryName(`/${library.source}`), place: library.shown, text })
  return diagnose(message, importPlace(bundle.importedBy.get(library.source), analysis) ?? place)
}

const LINES_BEFORE = BEFORE.split('\n').length - 1

const MESSAGES: Readonly<Record<JobErrorWord, (p: { readonly text: string }) => Message>> = {
  'bad-name': badName,
  'bad-topic': badTopic,
  'bad-duration': badDuration,
  'bad-window': badWindow,
  'bad-option': badOption,
  'bad-argument': badArgument,
  'not-keyed': notKeyed,
  'not-windowed': notWindowed,
  'no-results': noResults,
  'duplicate-output': duplicateOutput,
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${typeof error}`
}

/** A place in a source of the bundle. Lines and columns count from 1. */
interface SourcePlace {
  readonly source: string
  readonly line: number
  readonly column: number
}

/** The places of a stack, innermost first. Lines of our own stand before the bundle. */
function sourcesIn(error: unknown, { map }: Bundle): readonly SourcePlace[] {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  const trace = new TraceMap(map as ConstructorParameters<typeof TraceMap>[0])
  const found: SourcePlace[] = []
  for (const [, line, column] of stack.matchAll(/lyrebird-job\.cjs:(\d+):(\d+)/g)) {
    const generated = { line: Number(line) - LINES_BEFORE, column: Number(column) - 1 }
    if (generated.line < 1) continue
    const at = originalPositionFor(trace, generated)
    if (at.source !== null) found.push({ source: at.source, line: at.line, column: at.column + 1 })
  }
  return found
}

/** The first place that lies in an author's file. */
function placeOf(sources: readonly SourcePlace[], { texts }: JobAnalysis): Span | null {
  const own = sources.find(({ source }) => texts.has(source))
  return own === undefined ? null : placeIn(texts, own.source, own.line, own.column)
}

/** Whether a place is that of an import: what a package throws while it is loaded has this frame. */
function isImport({ file, start }: Span, { texts }: JobAnalysis): boolean {
  const text = texts.get(file) ?? ''
  return /^\s*import\b/.test(text.slice(text.lastIndexOf('\n', start - 1) + 1))
}

/** The file of a package that threw, or that changed a built-in object; null where none is known. */
function libraryPlace(
  error: unknown,
  sources: readonly SourcePlace[],
  { map, importedBy }: Bundle,
): { readonly source: string; readonly shown: string } | null {
  const shown = (source: string): string => source.slice(source.lastIndexOf('node_modules/'))
  const at = sources.find(({ source }) => importedBy.has(source))
  if (at !== undefined) return { source: at.source, shown: `${shown(at.source)}:${at.line}:${at.column}` }
  const patched = isLyrebirdError(error) && error.where.word === 'prototype-patch' ? String(error.where.name) : null
  if (patched === null) return null
  // Nobody saw it happen: the first package whose text has the property's name and speaks of prototypes.
  const property = patched.slice(patched.lastIndexOf('.') + 1)
  const i = map.sources.findIndex((source, n) => {
    const text = map.sourcesContent[n] ?? ''
    return importedBy.has(source) && text.includes(property) && text.includes('prototype')
  })
  const source = map.sources[i]
  return source === undefined ? null : { source, shown: shown(source) }
}

function importPlace(by: AuthorImport | undefined, { texts }: JobAnalysis): Span | null {
  if (by === undefined) return null
  const text = texts.get(by.file) ?? ''
  const start = Math.max(text.indexOf(`'${by.specifier}'`), text.indexOf(`"${by.specifier}"`))
  if (start < 0) return null
  const line = text.slice(0, start).split('\n').length
  const column = start - text.lastIndexOf('\n', start - 1)
  return placeIn(texts, by.file, line, column, by.specifier.length + 2)
}
