// Laws between two runs (semantics.md 1.5): other names, elements given twice and taken once, other partitions.
//
// Every random job tests the laws about the order between partitions and about runs that are split (`check-job.ts`).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InputRecord, ReferenceInput } from '../../core/reference/input.ts'
import { reference } from '../../core/reference/reference.ts'
import type { JobResult, ViewRow } from '../../core/result/result.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { PairCounts } from './coverage.ts'
import type { JobSpec } from './job-spec.ts'
import { programOfSpec } from './job-text.ts'
import { trials } from './trial.ts'

/** Words that use the identity of an element, or the order of equal times. */
const BY_IDENTITY = new Set([
  ...['first', 'last', 'minBy', 'maxBy', 'topK', 'collectList', 'sample'].map(kind => `aggregate:${kind}`),
  ...['scan', 'distinct', 'existing', 'joinTable'],
])

/** Rows of a view without the ids of nodes, which come from the job's text. */
const rowsOf = (rows: readonly ViewRow[] | undefined): string[] =>
  (rows ?? []).map(
    ({ key, value, error }) => `${bytesToHex(key)} ${value === null ? error?.reason : bytesToHex(value)}`,
  )

const viewsOf = (result: JobResult, name = (view: string) => view): Record<string, string[]> =>
  Object.fromEntries([...result.views].map(([view, rows]) => [name(view), rowsOf(rows)]))

/** Times, keys and values of an output, sorted. */
const writtenBy = (result: JobResult): Record<string, string[]> =>
  Object.fromEntries(
    [...result.outputs].map(([name, partitions]) => [
      name,
      partitions
        .flat()
        .map(r => `${r.timestamp} ${r.key === null ? '' : bytesToHex(r.key)} ${bytesToHex(r.value)}`)
        .sort(),
    ]),
  )

const run = (spec: JobSpec, log: ReferenceInput, final: boolean): JobResult =>
  reference(programOfSpec(spec), log, { final })

describe('laws of random jobs', () => {
  it('is the same under other names of results', () => {
    const renamed = (name: string): string =>
      `z_${name.split('').reverse().join('')}x`.replace(/_\d+/, m => `_n${m.slice(1)}`)
    fc.assert(
      fc.property(trials(new PairCounts()), ({ spec, log, final }) => {
        const other = { ...spec, results: spec.results.map(r => ({ ...r, name: renamed(r.name) })) }
        const [one, two] = [run(spec, log, final), run(other, log, final)]
        expect(viewsOf(two)).toEqual(viewsOf(one, renamed))
        expect(two.late.length + two.dead.length).toBe(one.late.length + one.dead.length)
      }),
      { numRuns: 120 },
    )
  })

  it('is the same under other names of topics that sort alike', () => {
    const topic = (name: string): string => `topic-${name}`
    fc.assert(
      fc.property(trials(new PairCounts(), { unplaced: true, without: new Set(['aggregate:sample']) }), trial => {
        const { spec, log, final } = trial
        const other: JobSpec = {
          ...spec,
          topics: Object.fromEntries(Object.entries(spec.topics).map(([name, count]) => [topic(name), count])),
          sources: spec.sources.map(source => ({ ...source, topic: topic(source.topic) })),
        }
        const [one, two] = [
          run(spec, log, final),
          run(
            other,
            log.map(p => ({ ...p, topic: topic(p.topic) })),
            final,
          ),
        ]
        expect(viewsOf(two)).toEqual(viewsOf(one))
        expect(writtenBy(two)).toEqual(writtenBy(one))
      }),
      { numRuns: 120 },
    )
  })

  it('is the same where everything is given twice and taken once', () => {
    const rest =
      ".window(tumbling('20s')).aggregate({ a: count(), b: collectSet(v => String(v)), c: first(v => String(v)) })"
    fc.assert(
      fc.property(trials(new PairCounts()), fc.nat(), ({ spec, log, final }, which) => {
        const keyed = spec.steps.filter(({ kind }) => kind === 'keyBy')
        const step = keyed[which % Math.max(keyed.length, 1)]
        if (step === undefined) return
        const by = '.distinct((v, r) => [String(v), r.time])'
        const twice: JobSpec = {
          ...spec,
          steps: [
            ...spec.steps,
            { name: 'once', kind: 'aggregate', inputs: [step.name], call: `${by}${rest}` },
            { name: 'twice', kind: 'aggregate', inputs: [step.name], call: `.flatMap(v => [v, v])${by}${rest}` },
          ],
          results: ['once', 'twice'].map(name => ({ name, kind: 'view', of: name, call: '' })),
        }
        const { views } = run(twice, log, final)
        expect(rowsOf(views.get('twice'))).toEqual(rowsOf(views.get('once')))
      }),
      { numRuns: 200 },
    )
  })

  it('is the same in other partitions, where nothing is late and no word uses the order of ties', () => {
    const options = { unplaced: true, without: BY_IDENTITY, disorder: '9999d', hostile: false }
    fc.assert(
      fc.property(trials(new PairCounts(), options), fc.nat(6), ({ spec, log }, salt) => {
        const one = run(spec, log, true)
        expect(one.late).toEqual([])
        const two = run(spec, repartitioned(log, salt), true)
        expect(viewsOf(two)).toEqual(viewsOf(one))
        expect(writtenBy(two)).toEqual(writtenBy(one))
      }),
      { numRuns: 200 },
    )
  })
})

/** The records of each topic spread over five partitions, by their place and `salt`. */
function repartitioned(log: ReferenceInput, salt: number): ReferenceInput {
  return [...new Set(log.map(p => p.topic))].flatMap(topic => {
    const records = log.filter(p => p.topic === topic).flatMap(p => p.records)
    const parts = Array.from({ length: 5 }, (): InputRecord[] => [])
    for (const [i, record] of records.entries()) {
      const part = parts[(i * (salt + 1) + salt) % 5] as InputRecord[]
      part.push({ ...record, offset: BigInt(part.length) })
    }
    return parts.map((list, partition) => ({ topic, partition, records: list }))
  })
}
