// `append --for JOB`: what the sources of a job want of the records of a topic.
//
// Promises: the job's own decoders decide, those that its runs use.

import { type Decoder, sourceDecoder } from '../../core/decode/decoder.ts'
import type { Fault } from '../../core/decode/fault.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError, messageOf, mustNotEndRun } from '../../core/errors.ts'
import type { FormatSpec, SourceNode } from '../../core/plan/plan.ts'
import type { AppendFormat, Reading } from '../../logs/append/options.ts'
import { readyJob } from '../cache/compile-cache.ts'
import { checkJobPath } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

interface ForJob {
  readonly reading: Reading
  /** The one that the job reads, where none was given. */
  readonly format: AppendFormat
}

/** Throws `usage` where the job does not read the topic, or not in the given format; `CheckFailed`. */
export async function forJob(
  job: string,
  topic: string,
  format: AppendFormat | undefined,
  terminal: Terminal,
): Promise<ForJob> {
  checkJobPath(job)
  const { functions } = await readyJob(job, terminal)
  const all = functions.plan.nodes.filter(node => node.kind === 'source')
  const sources = all.filter(node => node.params.topic === topic)
  const [first] = sources
  if (first === undefined) throw readsNot(job, topic, [...new Set(all.map(node => node.params.topic))])
  const chosen = format ?? formatOf(first.params.format)
  for (const { params } of sources) checkFormat(job, params.format, chosen)
  const decoders = sources.map(node => sourceDecoder(node, functions.lambdas, error => mustNotEndRun(node.id, error)))
  return { format: chosen, reading: readingOf(job, sources, decoders) }
}

function readingOf(job: string, sources: readonly SourceNode[], decoders: readonly Decoder[]): Reading {
  const fields = sources.flatMap(({ params, schema }) =>
    params.format.kind === 'csv' && schema.root.kind === 'object' ? schema.root.fields : [],
  )
  return {
    job,
    needed: fields.flatMap(field => (field.optional ? [] : [field.name])),
    optional: fields.flatMap(field => (field.optional && field.schema.kind !== 'never' ? [field.name] : [])),
    fault(value, layout) {
      for (const decode of decoders) {
        const decoding = decode(value, layout)
        if (!decoding.ok) return faultText(decoding)
      }
      return null
    },
  }
}

function faultText({ path, reason, detail, thrown }: Fault): string {
  const why = thrown === undefined ? detail : messageOf(thrown.error)
  return `${path}: ${reason}${why === undefined ? '' : ` (${why})`}`
}

function formatOf({ kind }: FormatSpec): AppendFormat {
  return kind === 'custom' ? 'bytes' : kind
}

/** Lines may be anything; JSON is no row, and a row no JSON. */
function checkFormat(job: string, { kind }: FormatSpec, format: AppendFormat): void {
  if (kind === 'custom' || kind === 'bytes' || kind === 'lines' || kind === format || format === 'lines') return
  throw new LyrebirdError('usage', `${job} reads this topic as ${kind}, not as ${format}`, {
    where: { job },
    hint: `leave --format out, or give --format ${kind}`,
  })
}

function readsNot(job: string, topic: string, topics: readonly string[]): LyrebirdError {
  const near = didYouMean(topic, topics)
  return new LyrebirdError('usage', `${job} does not read topic "${topic}"`, {
    where: { job, topic },
    hint: near === null ? `it reads ${topics.join(', ')}` : `did you mean ${near}?`,
  })
}
