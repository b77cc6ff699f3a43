// What evaluating or planning a job threw, as a diagnostic at the author's line.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { isLyrebirdError } from '../../core/errors.ts'
import { isJobError, type JobErrorWord } from '../../core/plan/job-error.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { Bundle } from '../3-bundle/bundle.ts'
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
  noResults,
  notKeyed,
  notWindowed,
} from '../messages/job.ts'

/** The name under which the bundle is compiled, by which its frames are found in a stack. */
export const JOB_SCRIPT = 'lyrebird-job.cjs'

/** An error that names a call of the language is at that call, any other one where the author's code threw it. */
export function thrownByJob(error: unknown, { map }: Bundle, analysis: JobAnalysis): Diagnostic {
  const place = placeOf(error, map, analysis)
  if (isJobError(error)) {
    const span = error.callId === null ? place : (analysis.spans.get(error.callId) ?? place)
    return diagnose(MESSAGES[error.word]({ text: error.message }), span)
  }
  const text = isLyrebirdError(error) ? `${error.message}; ${error.hint}` : textOf(error)
  return diagnose(evaluationFailed({ text }), place)
}

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

/**
 * The first frame of the stack that lies in an author's file. `'use strict'` is a line of its own before the bundle.
 */
function placeOf(error: unknown, map: Bundle['map'], analysis: JobAnalysis): Span | null {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
  const trace = new TraceMap(map as ConstructorParameters<typeof TraceMap>[0])
  for (const [, line, column] of stack.matchAll(/lyrebird-job\.cjs:(\d+):(\d+)/g)) {
    const at = originalPositionFor(trace, { line: Number(line) - 1, column: Number(column) - 1 })
    if (at.source === null) continue
    const span = placeIn(analysis.texts, at.source, at.line, at.column + 1)
    if (span !== null) return span
  }
  return null
}
