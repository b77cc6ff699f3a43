// Batches of an outbox that are handed on from memory, and those that are read from its files: the same ones.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { StoredBatches } from '../../logs/embedded/stored-batches.ts'
import { partitionDirectory } from '../../logs/embedded/topic-file.ts'

/** Records are written, or as many batches are read at most: later ones are asked for anew. */
type Step = { readonly write: readonly number[] } | { readonly read: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ write: fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 }) }),
  fc.record({ read: fc.integer({ min: 1, max: 6 }) }),
)

const LIMITS = [0, 1_000, 100_000, 300_000, 1 << 20]

async function batchesOf(outbox: StoredBatches, from: bigint, to: bigint, most = Number.POSITIVE_INFINITY) {
  const found: { end: bigint; bytes: string }[] = []
  const reader = outbox.read(from, to)
  while (found.length < most) {
    const next = await reader.next()
    if (next.done === true) break
    found.push({ end: next.value.end, bytes: Buffer.from(next.value.bytes).toString('base64') })
  }
  await reader.return(undefined)
  return found
}

test('whatever is kept, a reader gets the batches of the files, each once', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 25 }),
    fc.constantFrom(...LIMITS),
    fc.constantFrom(30_000, 1 << 30),
    async (steps, keptBytesMax, segmentBytes) => {
      const directory = mkdtempSync(join(tmpdir(), 'lyrebird-batches-'))
      const at = partitionDirectory(directory, 't', 0)
      const outbox = new StoredBatches({ topic: 't', partition: 0 }, at, keptBytesMax)
      const onBatch = (_: number, batch: Parameters<StoredBatches['keep']>[0]): void => outbox.keep(batch)
      const topic = await OutputTopic.open(directory, 't', { partitions: 1, owner: 'state', segmentBytes, onBatch })
      try {
        await topic.recover()
        const found = []
        let [written, read] = [0n, 0n]
        for (const step of steps) {
          if ('write' in step) {
            const value = (bytes: number) => ({ timestamp: 1, key: null, value: new Uint8Array(bytes), headers: [] })
            written = await topic.prepare(0, step.write.map(value))
          } else {
            const batches = await batchesOf(outbox, read, written, step.read)
            read = batches.at(-1)?.end ?? read
            found.push(...batches)
          }
        }
        found.push(...(await batchesOf(outbox, read, written)))
        const plain = new StoredBatches({ topic: 't', partition: 0 }, at)
        expect(found).toEqual(await batchesOf(plain, 0n, written))
      } finally {
        await topic.close()
        rmSync(directory, { recursive: true, force: true })
      }
    },
  )
  await fc.assert(property, { numRuns: 150 })
}, 120_000)
