// The monotone property (semantics.md 2): what a node has handed on at a cut is contained, unchanged, in what it has handed on
// at any later cut. On random logs, a handful of jobs, random pairs of cuts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../core/bytes.ts'
import { reference } from '../../core/reference/reference.ts'
import type { JobResult, OutputRecord } from '../../core/result.ts'
import { JOBS } from '../support/jobs.ts'
import { logWithCuts } from '../support/random-log.ts'

const recordText = (r: OutputRecord): string =>
  [
    r.timestamp,
    r.key === null ? 'null' : bytesToHex(r.key),
    bytesToHex(r.value),
    bytesToHex(r.headers[0]?.value as Uint8Array),
  ].join(' ')

const lateTexts = (r: JobResult): string[] =>
  r.late.map(l => `${l.source} ${l.topic}/${l.partition}:${l.offset} ${l.time}`)
const deadTexts = (r: JobResult): string[] =>
  r.dead.map(d => `${d.node} ${bytesToHex(d.identity)} ${d.kind} ${d.path} ${d.reason}`)

function check(earlier: JobResult, later: JobResult): void {
  for (const texts of [lateTexts, deadTexts]) expect(texts(later)).toEqual(expect.arrayContaining(texts(earlier)))
  for (const [name, partitions] of earlier.outputs) {
    for (const [index, records] of partitions.entries()) {
      const now = (later.outputs.get(name)?.[index] ?? []).map(recordText)
      expect(now.slice(0, records.length)).toEqual(records.map(recordText))
    }
  }
  for (const [node, watermark] of earlier.watermarks)
    expect(later.watermarks.get(node)).toBeGreaterThanOrEqual(watermark)
  for (const [node, { count }] of earlier.handed) expect(later.handed.get(node)?.count).toBeGreaterThanOrEqual(count)
}

describe.each(Object.entries(JOBS))('%s', (_, job) => {
  it('only ever adds to what it has handed on', () => {
    fc.assert(
      fc.property(logWithCuts(job.shape), fc.boolean(), ({ earlier, later }, final) => {
        const program = job.build()
        check(reference(program, earlier), reference(program, later, { final }))
      }),
      { numRuns: 150 },
    )
  })

  it('does not depend on what ran before', () => {
    fc.assert(
      fc.property(logWithCuts(job.shape), ({ later }) => {
        expect(reference(job.build(), later)).toEqual(reference(job.build(), [...later].reverse()))
      }),
      { numRuns: 30 },
    )
  })
})
