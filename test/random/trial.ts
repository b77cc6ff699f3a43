// A random job with a random log and a random schedule: one run of the campaign.
//
// Promises: a function of fast-check's seed and of the pairs met before; it shrinks. The log is written in the formats
// of the job.

import fc from 'fast-check'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { naturals } from '../support/feeding.ts'
import { type LogShape, logArbitrary, type Spell } from '../support/random-log.ts'
import type { PairCounts } from './coverage.ts'
import type { JobSpec } from './job-spec.ts'
import { type JobOptions, jobChoices, jobOf } from './random-job.ts'
import { FORMATS } from './words/formats.ts'

export interface RandomTrial {
  readonly spec: JobSpec
  readonly log: ReferenceInput
  readonly final: boolean
  readonly shares: readonly number[]
  readonly numbers: readonly number[]
}

/** Options of jobs and logs; without `gaps`, offsets are those of an embedded log, for trials through the disk. */
export interface TrialOptions extends JobOptions {
  readonly gaps?: boolean
  readonly hostile?: boolean
  /** Default: either. */
  readonly final?: boolean
  readonly maxRecords?: number
}

export function trials(met: PairCounts, options: TrialOptions = {}): fc.Arbitrary<RandomTrial> {
  const { gaps = true, hostile = true, maxRecords = 20 } = options
  return jobChoices.chain(choices => {
    const spec = jobOf(choices, met, options)
    return fc.record({
      spec: fc.constant(spec),
      log: logArbitrary({ ...logShape(spec), gaps, hostile, maxRecords, even: true }),
      final: options.final === undefined ? fc.boolean() : fc.constant(options.final),
      shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
      numbers: naturals,
    })
  })
}

/** Topics, partitions and formats that a job reads; a topic of upserts has records without value. */
export function logShape({ topics, sources }: JobSpec): LogShape {
  const upserts = new Set(sources.flatMap(s => (s.table === null ? [] : [s.topic])))
  const spellings = sources.map(({ topic, format }): [string, Spell] => {
    const { spell } = FORMATS[format]
    return [topic, upserts.has(topic) ? (event, spelling) => (spelling === 3 ? null : spell(event, spelling)) : spell]
  })
  return { topics, spellings: Object.fromEntries(spellings) }
}
