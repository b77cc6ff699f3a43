// Rows by key against all rows: the same, however a view is stored.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keysPrintedAs } from '../../../core/result/printed-key.ts'
import { rowJson, windowOf } from '../../../core/result/result-json.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'
import { viewRowsOfKeys } from '../../../run/state/lookup.ts'
import { readCommitted, viewOf, viewRows, watermarkAt } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { openStateReader } from '../../../store/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { testFolder } from '../support/folder.ts'
import { largeLog, memoryLog } from '../support/logs.ts'

const SEED = 7
const jobs = Object.entries(JOBS).filter(([, job]) => job.build().plan.results.some(r => r.kind === 'view'))

/** Keys that no view has, and some that it may have in another form. */
const STRANGE = ['"no such key"', '"7"', '7', 'null', '{}', '[]', '{"__proto__":1}', '""', '"\\ud83d"', '["a","b"]']

describe('rows of a key are those that a scan finds', () => {
  it.each(jobs)('%s', async (_, { shape, build }) => {
    const functions = interpretedModule(build())
    const log = memoryLog(largeLog(SEED, { ...shape, maxRecords: 60 }))
    const state = join(testFolder(), 'state')
    await runBatch({ functions, log, state, admit: true })
    expect(compared(state)).toBeGreaterThan(0)
  })
})

/** Looks each key of each view up; gives how many rows were found. */
function compared(state: string): number {
  const reader = openStateReader(state)
  let found = 0
  try {
    const { plan, progress } = readCommitted(reader, state)
    for (const { name, node } of plan.results.filter(r => r.kind === 'view')) {
      const [window, watermark] = [windowOf(plan, viewOf(plan, name).node), watermarkAt(progress, plan, node)]
      const byKey = new Map<string, string[]>()
      for (const row of viewRows(reader, plan, name)) {
        const shown = rowJson(row, window, watermark)
        const key = canonicalJson(shown.key)
        byKey.set(key, [...(byKey.get(key) ?? []), JSON.stringify(shown)])
      }
      for (const key of [...byKey.keys(), ...STRANGE]) {
        const json = JSON.parse(key) as unknown
        const keys = keysPrintedAs(json)
        if (keys === null) continue
        const rows = [...viewRowsOfKeys(reader, plan, name, keys)].map(row =>
          JSON.stringify(rowJson(row, window, watermark)),
        )
        expect(rows.toSorted(), `${name} ${key}`).toEqual((byKey.get(canonicalJson(json)) ?? []).toSorted())
        found += rows.length
      }
    }
  } finally {
    void reader.close()
  }
  return found
}
