// What sinks hold after random runs, failures and restored states: the rows of the view at the last commit.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InputPartition } from '../../../core/reference/input.ts'
import { decodeViewValue } from '../../../core/state/row-codec.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import type { MemoryLog } from '../../../logs/memory.ts'
import type { RunOptions } from '../../../run/job-run.ts'
import { readCommit, storedRows } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { openStateReader } from '../../../store/index.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { testFolder } from '../support/folder.ts'
import { append, largeLog, memoryLog } from '../support/logs.ts'
import { MemoryPlace } from './memory-sink.ts'

const seed = Math.floor(Math.random() * 2 ** 31)
const RUNS = 10
/** Of all jobs. */
let [fills, changes] = [0, 0]

/** Jobs with views. */
const jobs = Object.entries(JOBS).filter(([, job]) => job.build().plan.results.some(r => r.kind === 'view'))

describe(`sinks hold the views (seed ${seed})`, () => {
  it.each(jobs)('%s', { timeout: 60_000 }, async (name, { shape, build }) => {
    const random = seededRandom(seed + jobs.findIndex(([job]) => job === name))
    const functions = interpretedModule(build())
    const { plan } = functions
    const views = plan.results.filter(r => r.kind === 'view').map(r => r.name)
    const places = new Map(views.map(view => [view, new MemoryPlace()]))
    const sinks = Object.fromEntries([...places].map(([view, place]) => [view, place.definition()]))
    const input = largeLog(seed, { ...shape, maxRecords: 60 })
    const growing = growingLog(input)
    const [state, copy] = [join(testFolder(), 'state'), join(testFolder(), 'copy')]
    let [copied, restored] = [false, false]
    for (let i = 0; i < RUNS; i++) {
      growing.grow(random.below(8))
      for (const place of places.values()) place.fault = faults(random.below)
      const kind = random.below(10)
      const quick = { openMs: 50, outageMs: 50 }
      const base: RunOptions = {
        functions,
        log: growing.log,
        state,
        until: 'end',
        admit: true,
        durable: false,
        patience: quick,
      }
      if (kind === 0) {
        // A run without sinks: they are filled anew by the next one.
        await runBatch({ ...base, sinks: random.below(2) === 0 ? {} : undefined })
        continue
      }
      if (kind === 1) await runBatch({ ...base, sinks, feedsSinks: false })
      if (kind === 2 && copied) {
        rmSync(state, { recursive: true })
        cpSync(copy, state, { recursive: true })
        restored = true
      }
      if (kind === 3) {
        for (const place of places.values()) place.fault = () => 'before'
        await expect(runStream({ ...base, sinks })).rejects.toMatchObject({ code: 'sink-away' })
        continue
      }
      const patience = { openMs: 60_000, outageMs: 60_000 }
      await (kind < 6 ? runBatch : runStream)({ ...base, sinks, patience, outTopics: { republish: restored } })
      restored = false
      check(state, plan, places, `${name}, run ${i}`)
      if (!copied || random.below(3) === 0) {
        rmSync(copy, { recursive: true, force: true })
        cpSync(state, copy, { recursive: true })
        copied = true
      }
    }
    for (const place of places.values()) {
      fills += place.fills
      changes += place.changes
    }
  })

  it('by fills and by changes', () => {
    expect(fills).toBeGreaterThan(10)
    expect(changes).toBeGreaterThan(10)
  })
})

/** Mostly none. */
const faults = (below: (n: number) => number) => () => (['before', 'during', 'after'] as const)[below(12)] ?? null

function check(
  state: string,
  plan: Parameters<typeof storedRows>[1],
  places: ReadonlyMap<string, MemoryPlace>,
  at: string,
): void {
  const reader = openStateReader(state)
  try {
    const commit = readCommit(reader)?.number
    for (const [view, { rows, position }] of places) {
      const wanted = new Map(
        [...storedRows(reader, plan, view)].map(([key, value]) => [bytesToHex(key), contentOf(value)]),
      )
      expect(rows, `${at}, ${view}`).toEqual(wanted)
      expect(position?.commit, `${at}, ${view}`).toBe(commit)
    }
  } finally {
    void reader.close()
  }
}

function contentOf(stored: Uint8Array): unknown {
  const decoded = decodeViewValue(stored)
  return 'value' in decoded ? { kind: 'value', value: decoded.value } : { kind: 'failed', ...decoded.error }
}

/** A log that takes some more records of each partition at a time. */
function growingLog(input: readonly InputPartition[]): { readonly log: MemoryLog; grow(records: number): void } {
  const log = memoryLog(input.map(partition => ({ ...partition, records: [] })))
  const taken = input.map(() => 0)
  return {
    log,
    grow: records => {
      for (const [i, partition] of input.entries()) {
        const to = Math.min((taken[i] as number) + records, partition.records.length)
        append(log, { ...partition, records: partition.records.slice(0, to) }, taken[i] as number)
        taken[i] = to
      }
    },
  }
}
