// The documents of a state directory that both executors keep besides the progress: whose state it is, the plan, the
// records of its outputs, the commit.
//
// Promises: each document has one text form (JSON with sorted topics), and one that cannot be read is `state-corrupt`.

import { LyrebirdError } from '../../core/errors.ts'
import type { Plan, PlanResult } from '../../core/plan/plan.ts'
import { nodesBehind } from '../../core/plan/plan-index.ts'
import type { RecordCounts } from '../../sinks/sink.ts'

/** Names of documents. The executor keeps its own, `progress` (core/executor/progress.ts). */
export const DOCUMENT = {
  job: 'job',
  plan: 'plan',
  outputs: 'outputs',
  commit: 'commit',
  /** Topics that earlier versions of the job have written to: a list of names. */
  retired: 'retired-topics',
} as const

/** Format of the rows and documents of a state. A newer one is refused with `state-too-new`. */
export const STATE_FORMAT = 3

/** The last format in which all views are stored by window (`core/tables/view-order.ts`). */
const BY_WINDOW_FORMAT = 2

export const hasViewsByWindow = (format: number): boolean => format <= BY_WINDOW_FORMAT

/** The format of a state once this version has gone on from it: its views stay in their order. */
export const nextFormat = (format: number): number => (hasViewsByWindow(format) ? BY_WINDOW_FORMAT : STATE_FORMAT)

/** Versions of everything beneath the job that can change what a lambda computes (semantics.md 7.3). */
export interface Versions {
  readonly node: string
  readonly v8: string
  readonly icu: string
  readonly tz: string
  /**
   * True where lambdas formatted something through `Intl`: then the rows depend on ICU and time zone data. States of
   * before that could be have none.
   */
  readonly intl?: boolean | undefined
}

/** What is kept of a view or output, to see whether it is still the same. */
export interface ResultDocument extends Pick<PlanResult, 'name' | 'kind' | 'hash'> {
  /** Ids of the nodes behind it, each with those of its inputs: rows and event times are kept under these ids. */
  readonly nodes: readonly string[]
}

/** Which commit a state is at (semantics.md 7.5). A state without this document counts as commit 0. */
export interface CommitDocument {
  /** One more than that of the commit before; the first one is 1. */
  readonly number: number
  /** When it was made, in ms since 1970, by the clock of the process that made it. No part of any result. */
  readonly time: number
  /** Epoch of the owner that made it. */
  readonly epoch: number
}

/** As it is stored. */
export interface StoredCommit extends CommitDocument {
  /**
   * CRC-32 of the progress of this commit. A version without commit numbers that goes on from the state leaves this
   * document as it was, and then the checksum is another one. Absent in states of the first version with numbers.
   */
  readonly progress?: number
}

/** Whose state a directory holds. */
export interface JobDocument {
  readonly format: number
  /** A random name of this state, which owns its output topics. */
  readonly id: string
  readonly job: string
  readonly results: readonly ResultDocument[]
  readonly versions: Versions
  /** The folder of the job's file from that of the state, for display; missing where it is not known. */
  readonly folder?: string | undefined
}

export function jobDocument(
  plan: Plan,
  { id, format }: Pick<JobDocument, 'id' | 'format'>,
  versions: Versions,
  folder?: string,
): JobDocument {
  return { format, id, job: plan.job, results: resultDocuments(plan), versions, folder }
}

export const resultDocuments = (plan: Plan): readonly ResultDocument[] =>
  plan.results.map(({ name, kind, hash, node }) => ({ name, kind, hash, nodes: dependencies(plan, node) }))

/** Each node behind a result with its inputs; sorted, so that only which node depends on which counts. */
const dependencies = (plan: Plan, node: string): readonly string[] =>
  nodesBehind(plan, node)
    .map(({ id, inputs }) => [id, ...inputs].join(' '))
    .sort()

export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Throws `state-corrupt` where the bytes are no JSON. */
export function decodeJson<T>(name: string, bytes: Uint8Array): T {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as T
  } catch (cause) {
    throw new LyrebirdError('state-corrupt', `the document "${name}" of the state cannot be read`, {
      where: { document: name },
      hint: 'recompute the state from the log into a new directory with the batch target',
      cause,
    })
  }
}

/** Records of the outputs by topic and partition; sorted by topic, so that the document has one text form. */
export function encodeRecordCounts(counts: RecordCounts): Uint8Array {
  const topics = [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1))
  return encodeJson(Object.fromEntries(topics.map(([topic, partitions]) => [topic, partitions.map(String)])))
}

export function decodeRecordCounts(bytes: Uint8Array | undefined): RecordCounts {
  if (bytes === undefined) return new Map()
  const topics = decodeJson<Record<string, string[]>>(DOCUMENT.outputs, bytes)
  return new Map(Object.entries(topics).map(([topic, partitions]) => [topic, partitions.map(BigInt)]))
}
