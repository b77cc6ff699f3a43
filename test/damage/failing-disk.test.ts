// A disk that fails in the middle of a run: no room in the middle of a write, and a sync that fails (faults 64, 65).
//
// Promises: at every place that was tried the run ends with a typed failure, and tries no failed sync again: the kernel
// forgets what it could not write, and the next sync succeeds. The next run goes on from the last commit, to the result
// of a run that met no failure.

import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { differenceFromBatch, startVictim } from '../crash/support/victims.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, largeLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { type DiskFault, failingDisk } from './support/failing-disk.ts'

const LIMIT_MS = 180_000
/** Places of the run at which the disk fails. */
const PLACES = 6

const disk = failingDisk()
if (disk === null) console.warn('failing-disk.test.ts: no C compiler here, so no write or sync is made to fail')
afterAll(() => disk?.remove())

const { shape, build } = JOBS.joinedTables as (typeof JOBS)[string]
const input = largeLog(5, { ...shape, gaps: false, maxRecords: 40 })

describe.skipIf(disk === null)('a disk that fails', { timeout: LIMIT_MS }, () => {
  it.each([
    ['torn', 'batch'],
    ['torn', 'schedule'],
    ['sync', 'batch'],
    ['sync', 'schedule'],
  ] as const)('%s, in %s: the run ends, and the next one goes on', async (fault, target) => {
    const folder = testFolder()
    const log = join(folder, 'log')
    await embeddedLog(log, input)
    const run = (state: string, nth: number) =>
      startVictim({ target, job: 'joinedTables', log, state, seed: 4 }, disk?.shell(state, fault, nth)).ended
    expect(await run(join(folder, 'whole-run'), 0)).toMatchObject({ code: 0, stderr: '' })
    const all = countOf(fault)
    expect(all).toBeGreaterThan(PLACES)
    for (let place = 0; place < PLACES; place++) {
      const nth = 1 + Math.floor((place * (all - 1)) / (PLACES - 1))
      const state = join(folder, `state${place}`)
      const { code, stderr } = await run(state, nth)
      const calls = disk?.calls() ?? []
      expect([code, stderr], `call ${nth} of ${all}`).toEqual([1, expect.stringMatching(TOLD[fault])])
      if (fault === 'sync') expect(triedAgain(calls), calls.join('\n')).toEqual([])
      const next = await startVictim({ target, job: 'joinedTables', log, state, seed: 7 }).ended
      expect(next, `after call ${nth} of ${all}`).toMatchObject({ code: 0, stderr: '' })
      const functions = interpretedModule(build())
      expect(await differenceFromBatch(functions, log, state, join(folder, `${place}`))).toBeNull()
    }
  })
})

/** lmdb does not tell a disk that took half of a write from one that failed. */
const TOLD: Readonly<Record<DiskFault, RegExp>> = { torn: /disk-(full|failed) /, sync: /disk-failed / }

const countOf = (fault: DiskFault): number =>
  (disk?.calls() ?? []).filter(call => call.startsWith(fault === 'torn' ? 'w ' : 's ')).length

/** Later syncs of the file whose sync has failed. A folder is synced for each of its files. */
function triedAgain(calls: readonly string[]): readonly string[] {
  const at = calls.findIndex(call => call.startsWith('F '))
  const failed = calls[at]?.slice(2) as string
  const isFolder = calls.some(call => call.includes(`${failed}/`))
  return isFolder ? [] : calls.slice(at + 1).filter(call => call === `s ${failed}`)
}
