// The records of new outputs that were written beside a state, on their way to where outputs go.
//
// Promises: every record, in the order of its partition, with time, identity, key and value; what does not fit in
// memory is spilled by the sink.

import { thenClose } from '../../core/close-all.ts'
import { IDENTITY_HEADER } from '../../core/log/chunk.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { HeldRow } from '../../core/state/row-codec.ts'
import { openLog } from '../../logs/index.ts'
import { type Outputs, writingNodes } from '../../run/outputs.ts'
import { writtenRecords } from '../../run/state/read-state.ts'

const NO_IDENTITY = new Uint8Array(0)

/** Releases the records of these nodes, which lie in a log directory. */
export async function releaseStaged(
  directory: string,
  plan: Plan,
  nodes: ReadonlySet<string>,
  outputs: Outputs,
): Promise<void> {
  const fresh = writingNodes(plan).filter(({ id }) => nodes.has(id))
  if (fresh.length === 0) return
  const log = await openLog(directory)
  const row = new HeldRow()
  const releaseAll = async (): Promise<void> => {
    for (const { id, params } of fresh) {
      for (const { partition, start, end } of await log.partitions(params.topic)) {
        for await (const record of writtenRecords(log, params.topic, partition, start, end)) {
          const { timestamp: time, key, value, headers } = record
          const identity = headers.find(h => h.key === IDENTITY_HEADER)?.value ?? NO_IDENTITY
          const held = row.encode({ time, identity, partition, key, value })
          outputs.release(id, partition, held.key, held.value)
        }
      }
    }
  }
  await thenClose(releaseAll, () => log.close())
}
