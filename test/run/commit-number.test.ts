// The number of a commit: one more than the last, through either executor, and from a state whose commits were not
// counted.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DOCUMENT } from '../../run/state/documents.ts'
import { readCommit } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { openStateReader, openStateWriter } from '../../store/index.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { boundaryJob, boundaryLog } from '../mutants/boundaries.ts'
import { testFolder } from './support/folder.ts'
import { memoryLog } from './support/logs.ts'

const functions = emittedModule(boundaryJob())

async function commitOf(state: string) {
  const reader = openStateReader(state)
  try {
    return readCommit(reader)
  } finally {
    await reader.close()
  }
}

/** Takes the document away, as in a state of a version that had none. */
async function forgetCommit(state: string): Promise<void> {
  const writer = await openStateWriter(state)
  await writer.commit(transaction => transaction.putDocument(DOCUMENT.commit, null))
  await writer.close()
}

it('grows by one with each commit of batch and stream; the epoch says whose it was', async () => {
  const log = memoryLog(boundaryLog())
  const state = join(testFolder(), 'state')
  const half = new Map([...(await log.partitions('a'))].map(({ partition, end }) => [`a/${partition}`, end / 2n]))
  const before = Date.now()
  await runBatch({ functions, log, state, until: half })
  expect(await commitOf(state)).toEqual({ number: 1, time: expect.any(Number), epoch: 1 })
  await runStream({ functions, log, state, until: 'end' })
  const second = await commitOf(state)
  expect(second).toEqual({ number: 2, time: expect.any(Number), epoch: 2 })
  expect(second?.time).toBeGreaterThanOrEqual(before)
  expect(second?.time).toBeLessThanOrEqual(Date.now())
})

it('begins with one over a state whose commits were not counted', async () => {
  const log = memoryLog(boundaryLog())
  const state = join(testFolder(), 'state')
  await runBatch({ functions, log, state })
  await forgetCommit(state)
  expect(await commitOf(state)).toBeNull()
  await runStream({ functions, log, state, until: 'end' })
  expect((await commitOf(state))?.number).toBe(1)
})

it('is unknown after a commit that an older version made, and goes on from the last one that is known', async () => {
  const log = memoryLog(boundaryLog())
  const state = join(testFolder(), 'state')
  const half = new Map([...(await log.partitions('a'))].map(({ partition, end }) => [`a/${partition}`, end / 2n]))
  await runBatch({ functions, log, state, until: half })
  const reader = openStateReader(state)
  const stale = reader.document(DOCUMENT.commit) as Uint8Array
  await reader.close()
  await runBatch({ functions, log, state })
  const writer = await openStateWriter(state)
  await writer.commit(transaction => transaction.putDocument(DOCUMENT.commit, stale))
  await writer.close()
  expect(await commitOf(state)).toBeNull()
  await runStream({ functions, log, state, until: 'end' })
  expect((await commitOf(state))?.number).toBe(2)
})
