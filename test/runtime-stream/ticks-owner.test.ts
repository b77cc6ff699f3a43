// Ticks of a run that has lost its state to another process: none is written any more.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { thisProcess } from '../../host/process-identity.ts'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { Lmdb, ROOT_KEY } from '../../store/lmdb.ts'
import { decodeRoot, encodeRoot } from '../../store/root.ts'
import { testFolder } from '../run/support/folder.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'

function counts() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), () => 'all')
  plan.view('counts', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  return interpretedModule(plan.program('counts'))
}

/** As another process does that opens the state. */
async function takeOver(state: string): Promise<void> {
  const lmdb = new Lmdb(state, { readOnly: false })
  lmdb.transaction(() => {
    const root = decodeRoot(lmdb.get(ROOT_KEY) as Uint8Array, state)
    const owner = { ...thisProcess(), boot: 'another' }
    const transaction = lmdb.db.getWriteTxnId()
    lmdb.put(ROOT_KEY, encodeRoot({ ...root, owner, epoch: root.epoch + 1, transaction }))
  })
  await lmdb.close()
}

async function endOf(log: string): Promise<bigint> {
  const directory = await DirectoryLog.open(log)
  const [range] = await directory.partitions('in')
  await directory.close()
  return range?.end ?? 0n
}

it('of a run that was overtaken end with it', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await (await OutputTopic.openForAppend(log, 'in', 1)).close()
  let ticking = (): void => {}
  const begun = new Promise<void>(resolve => (ticking = resolve))
  const run = runStream({ functions: counts(), log, state, ticksMs: 200, commitIntervalMs: 600_000, onNotice: ticking })
  await begun
  await takeOver(state)
  const end = await endOf(log)
  await expect(run).rejects.toMatchObject({ code: 'stale-owner' })
  expect(await endOf(log)).toBe(end)
})
