// A job under test: a log that the test writes, and the job's whole result over it at any point.
//
// Promises: every answer is that of the reference interpreter over all records sent so far; `toAgree` shows that both
// executors give the same. Nothing is kept between two answers.
// Not here: where the job comes from (`load-job.ts`), and running the executors (`agree.ts`).

import { didYouMean } from '../core/did-you-mean.ts'
import { LyrebirdError } from '../core/errors.ts'
import type { Header } from '../core/log/chunk.ts'
import type { SourceNode } from '../core/plan/plan.ts'
import { nodeOf } from '../core/plan/plan-index.ts'
import { type Program, reference } from '../core/reference/reference.ts'
import type { JobResult } from '../core/result/result.ts'
import {
  type DeadLetterJson,
  deadLetterJson,
  type LateJson,
  lateJson,
  type RecordJson,
  type RowJson,
  recordJson,
  rowJson,
  watermarkOf,
  windowOf,
} from '../core/result/result-json.ts'
import type { ResultsOf } from '../dsl/job.ts'
import type { OutputName, ViewName, ViewRow } from '../dsl/results.ts'
import { type Agreement, type AgreeOptions, agree } from './agree.ts'
import type { CompiledTest } from './load-job.ts'
import { keyBytes, timeMs, valueBytes } from './record-bytes.ts'
import type { TestLog } from './test-log.ts'

export interface SendOptions {
  /** Default 0. */
  readonly partition?: number
  /** Text as it is, anything else as canonical JSON. Default none. */
  readonly key?: unknown
  /** The log's own timestamp: ms, or a date with its zone. Default: that of the record before, at first 0. */
  readonly timestamp?: number | string
  readonly headers?: Readonly<Record<string, string>>
}

export interface ResultOptions {
  /** The history is complete: every window is closed. */
  readonly final?: boolean
}

/** Names of views, or any text where the job's type is not known. */
type ViewOf<J> = unknown extends ResultsOf<J> ? string : ViewName<J>
type OutputOf<J> = unknown extends ResultsOf<J> ? string : OutputName<J>
type RowOf<J, Name> = unknown extends ResultsOf<J> ? RowJson : Name extends ViewName<J> ? ViewRow<J, Name> : never

export class JobTest<J> {
  readonly #program: Program
  readonly #log: TestLog
  readonly #compiled: CompiledTest | null

  constructor(program: Program, log: TestLog, compiled: CompiledTest | null) {
    this.#program = program
    this.#log = log
    this.#compiled = compiled
  }

  /** Appends a record; its value is written in the format of the topic's source. Throws `unknown-topic` and `usage`. */
  send(topic: string, value: unknown, options: SendOptions = {}): this {
    const { id, params } = this.#source(topic)
    return this.#append(topic, valueBytes(value, params.format, this.#program.lambdas[id]?.encode), options)
  }

  /**
   * Appends a record with exactly these bytes as value: for records that do not decode. Null is a record without a
   * value.
   */
  sendRaw(topic: string, value: string | Uint8Array | null, options: SendOptions = {}): this {
    this.#source(topic)
    return this.#append(topic, typeof value === 'string' ? new TextEncoder().encode(value) : value, options)
  }

  /** Appends a tick, which only moves the watermark: to one partition, or to all that the topic has. */
  tick(topic: string, time: number | string, options: { readonly partition?: number } = {}): this {
    this.#source(topic)
    const all = Array.from({ length: this.#log.partitions(topic) }, (_, partition) => partition)
    for (const partition of options.partition === undefined ? all : [checkedPartition(options.partition)]) {
      this.#log.tick(topic, partition, timeMs(time))
    }
    return this
  }

  /** The rows of a view as `lyrebird query` prints them, sorted by window and key. Throws `unknown-view`. */
  view<Name extends ViewOf<J>>(name: Name, options: ResultOptions = {}): RowOf<J, Name>[] {
    const { plan } = this.#program
    const node = this.#node(name, 'view')
    const result = this.#result(options)
    const watermark = watermarkOf(plan, node, result.watermarks)
    const window = windowOf(plan, node)
    return (result.views.get(name) ?? []).map(row => rowJson(row, window, watermark) as RowOf<J, Name>)
  }

  /** The records of an output so far, by partition and in the order of the topic. Throws `unknown-view`. */
  output(name: OutputOf<J>, options: ResultOptions = {}): RecordJson[] {
    const node = nodeOf(this.#program.plan, this.#node(name, 'output'))
    if (node.kind === 'changes') {
      throw new LyrebirdError(
        'unknown-view',
        `output ${name} is the changes of a view, which depend on the commits of a run`,
        {
          hint: 'name the table itself as a result too, and look at that view',
        },
      )
    }
    const format = node.kind === 'output' ? node.params.format : undefined
    const partitions = this.#result(options).outputs.get(name) ?? []
    return partitions.flatMap((records, partition) => records.map(record => recordJson(record, partition, format)))
  }

  /** Records that came too late for their partition. */
  late(): LateJson[] {
    return this.#result({}).late.map(lateJson)
  }

  /** Elements that could not be processed, with the place and the reason. */
  deadLetters(options: ResultOptions = {}): DeadLetterJson[] {
    return this.#result(options).dead.map(letter => deadLetterJson(letter, this.#program.plan))
  }

  /**
   * Runs the compiled job over the records so far in batch, and as a stream under many seeded schedules with restarts,
   * and compares everything with the reference. Throws `not-equivalent` with the first difference and the seed.
   */
  async toAgree(options: AgreeOptions = {}): Promise<Agreement> {
    if (this.#compiled !== null) return await agree(this.#compiled, this.#log, options)
    throw new LyrebirdError('usage', 'a job that was given as a value cannot be compiled', {
      hint: "give the path of its file: await testJob('jobs/page-views.ts')",
    })
  }

  #result({ final = false }: ResultOptions): JobResult {
    return reference(this.#program, this.#log.input(), { final })
  }

  #append(topic: string, value: Uint8Array | null, options: SendOptions): this {
    const partition = checkedPartition(options.partition ?? 0)
    const { timestamp = this.#log.lastTimestamp(topic, partition) } = options
    const headers = Object.entries(options.headers ?? {}).map(
      ([key, text]): Header => ({ key, value: new TextEncoder().encode(text) }),
    )
    this.#log.append(topic, partition, { timestamp: timeMs(timestamp), key: keyBytes(options.key), value, headers })
    return this
  }

  #source(topic: string): SourceNode {
    const sources = this.#program.plan.nodes.filter((n): n is SourceNode => n.kind === 'source')
    const found = sources.find(n => n.params.topic === topic)
    if (found !== undefined) return found
    throw unknown('unknown-topic', 'reads no topic', topic, [...new Set(sources.map(n => n.params.topic))])
  }

  #node(name: string, kind: 'view' | 'output'): string {
    const { results } = this.#program.plan
    const found = results.find(r => r.name === name && r.kind === kind)
    if (found !== undefined) return found.node
    throw unknown(
      'unknown-view',
      `has no ${kind}`,
      name,
      results.filter(r => r.kind === kind).map(r => r.name),
    )
  }
}

function unknown(code: 'unknown-topic' | 'unknown-view', lacks: string, name: string, known: readonly string[]): Error {
  const near = didYouMean(name, known)
  const hint = near === null ? `it has ${known.join(', ') || 'none'}` : `did you mean ${near}?`
  return new LyrebirdError(code, `the job ${lacks} ${JSON.stringify(name)}`, { hint })
}

/** A larger number is taken for a mistake. */
const MAX_PARTITION = 1000

function checkedPartition(partition: number): number {
  if (Number.isInteger(partition) && partition >= 0 && partition <= MAX_PARTITION) return partition
  throw new LyrebirdError('usage', `${partition} is no number of a partition`)
}
