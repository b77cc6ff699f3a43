// A sink that fails when it recovers, publishes or closes: the run throws the first error, frees the state, and counts
// a commit that the state holds.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import { JobRun } from '../../run/job-run.ts'
import { runBatch } from '../../runtime-batch/run-batch.ts'
import type { Sink, SinkCommit } from '../../sinks/sink.ts'
import { openStateWriter } from '../../store/index.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { boundaryJob, boundaryLog } from '../mutants/boundaries.ts'
import { testFolder } from '../run/support/folder.ts'
import { memoryLog } from '../run/support/logs.ts'

const functions = emittedModule(boundaryJob())

/** A sink that takes everything and does what `does` says. */
function sink(does: Partial<Sink>): Sink {
  const nothing = async (): Promise<void> => {}
  return { recover: nothing, release: () => {}, prepare: nothing, publish: nothing, close: nothing, ...does }
}

function optionsOf(does: Partial<Sink>) {
  const state = join(testFolder(), 'state')
  return { functions, log: memoryLog(boundaryLog()), state, until: 'end' as const, out: async () => sink(does) }
}

const throws = (message: string) => async (): Promise<never> => {
  throw new LyrebirdError('truncated', message)
}

test('a sink that cannot close does not keep the state', async () => {
  const options = optionsOf({ close: throws('close failed') })
  await expect(runBatch(options)).rejects.toThrow('close failed')
  const writer = await openStateWriter(options.state)
  await writer.close()
})

test.each(['recover', 'prepare', 'publish'] as const)('what %s throws is not hidden by close', async step => {
  const options = optionsOf({ [step]: throws(`${step} failed`), close: throws('close failed') })
  await expect(runBatch(options)).rejects.toThrow(`${step} failed`)
  const writer = await openStateWriter(options.state)
  await writer.close()
})

test('a commit whose outputs were not shown has its number all the same', async () => {
  const numbers: number[] = []
  let failures = 1
  const options = optionsOf({
    prepare: async ({ number }: SinkCommit) => void numbers.push(number),
    publish: async () => {
      if (failures-- > 0) throw new LyrebirdError('truncated', 'publish failed')
    },
  })
  const run = await JobRun.open('stream', options)
  await expect(run.commit()).rejects.toThrow('publish failed')
  await run.commit()
  await run.close()
  expect(numbers).toEqual([1, 2])
})
