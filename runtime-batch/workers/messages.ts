// The messages between a worker thread and its coordinator.
//
// Promises: rows travel as packed bytes that are transferred without a copy; a typed failure arrives as one.

import type { JobPart } from '../../core/emitted/emitted-module.ts'
import { type FailureCode, isLyrebirdError, LyrebirdError, messageOf } from '../../core/errors.ts'
import type { RunsHandle } from '../../core/spill/spilled-runs.ts'
import type { LogPlace } from '../../logs/index.ts'
import type { BufferLimits, GroupLimits } from '../../run/memory-limits.ts'
import type { Task } from '../divide.ts'

export interface WorkerOrder {
  readonly log: LogPlace
  /** ms that the log may be away. */
  readonly outageMs: number | undefined
  /** The first one; it asks for others. */
  readonly task: Task
  /** What is run of the job, where that is not all. */
  readonly part: JobPart | undefined
  readonly progress: Uint8Array
  readonly scratch: string
  readonly limits: GroupLimits
  readonly buffers: BufferLimits
}

export type FromWorker =
  | { readonly kind: 'read'; readonly records: number; readonly offsets: number }
  /** It has read what it was given. */
  | { readonly kind: 'next' }
  /** Packed rows of a table (store/spill/row-queue.ts). */
  | { readonly kind: 'piece'; readonly table: string; readonly bytes: Uint8Array }
  /** What the worker has put aside of a table, in a file that is the coordinator's now. */
  | { readonly kind: 'runs'; readonly table: string; readonly runs: RunsHandle }
  /** No more pieces of this table. */
  | { readonly kind: 'table'; readonly table: string }
  | {
      readonly kind: 'done'
      readonly progress: Uint8Array
      readonly marks: Uint8Array
      readonly records: number
      readonly usedIntl: boolean
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type ToWorker =
  /** The coordinator has taken a piece. */
  | { readonly kind: 'taken' }
  /** What it reads next; null: nothing is left. */
  | { readonly kind: 'task'; readonly task: Task | null }

interface Failure {
  readonly code: FailureCode | null
  readonly message: string
  readonly where: Readonly<Record<string, string | number | undefined>>
  readonly hint: string | undefined
  readonly stack: string | undefined
}

export function encodeFailure(error: unknown): Failure {
  if (isLyrebirdError(error)) {
    const { code, message, where, hint, stack } = error
    return { code, message, where: { ...where }, hint, stack }
  }
  return {
    code: null,
    message: messageOf(error),
    where: {},
    hint: undefined,
    stack: error instanceof Error ? error.stack : undefined,
  }
}

export function decodeFailure({ code, message, where, hint, stack }: Failure): Error {
  const error =
    code === null
      ? new Error(message)
      : new LyrebirdError(code, message, hint === undefined ? { where: { ...where } } : { where: { ...where }, hint })
  if (stack !== undefined) error.stack = stack
  return error
}
