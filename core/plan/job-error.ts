// An invalid job: what the language refuses when the job's module is evaluated.
//
// Promises: a stable word, the id of the author's call and a sentence that says what is wrong and what to write. The
// compiler turns it into a diagnostic at that call; in a plain test it is an ordinary error with the same text.
// Not here: the pages of the words (`compiler/messages`).

import type { GraphNode } from './graph.ts'

/** Every word, with what it is about. */
export const JOB_ERROR_WORDS = {
  'bad-name': 'a job, a view, an output or a field of an aggregation has a name that is no identifier',
  'bad-topic': 'a topic name is not one that Kafka would accept',
  'bad-duration': 'a duration is not a whole number with a unit, or is negative, or too long',
  'bad-window':
    'a window has no length, hops further than it is long, has an offset past its step, or is of no known calendar, or tables of different windows are joined',
  'bad-option': 'an option is unknown or has an impossible value',
  'bad-argument': 'an argument is missing or of the wrong kind',
  'not-keyed': 'a word that needs a keyed stream was called on an unkeyed one',
  'not-windowed': 'closed() was called on a table that has no windows',
  'no-results': 'a job has no results',
  'duplicate-output': 'two outputs of a job write to one topic',
} as const

export type JobErrorWord = keyof typeof JOB_ERROR_WORDS

export class JobError extends Error {
  readonly word: JobErrorWord
  readonly callId: GraphNode['callId']

  constructor(word: JobErrorWord, message: string, callId: GraphNode['callId']) {
    super(message)
    this.name = 'JobError'
    this.word = word
    this.callId = callId
  }
}

/** True for a `JobError`, also across bundles. */
export function isJobError(e: unknown): e is JobError {
  return e instanceof Error && e.name === 'JobError' && typeof (e as { word?: unknown }).word === 'string'
}
