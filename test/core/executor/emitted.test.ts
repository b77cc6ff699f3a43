// Emitted functions in the executor against the reference: the whole result, for random logs, chunks and commits.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { IDENTITY_HEADER } from '../../../core/log/chunk.ts'
import { partitionName } from '../../../core/log/cut.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import { compareResults } from '../../../core/result/compare-results.ts'
import type { JobResult, OutputRecord } from '../../../core/result/result.ts'
import { emittedModule, type TestProgram } from '../../compiler/7-emit/recording-target.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { logArbitrary } from '../../support/random-log.ts'
import { readResult } from '../../support/read-state.ts'

function resultOf(
  program: TestProgram,
  log: ReferenceInput,
  chunkSize: number,
  commitEvery: number,
  final: boolean,
): JobResult {
  const state = new MemoryState()
  const executor = new JobExecutor(emittedModule(program), memoryEnvironment(state, 1000))
  for (const p of log) executor.progress.cut.set(partitionName(p.topic, p.partition), 0n)
  let chunks = 0
  for (const partition of log) {
    for (let at = 0; at < partition.records.length; at += chunkSize) {
      executor.feed(chunkOf(partition, partition.records.slice(at, at + chunkSize)))
      if (++chunks % commitEvery === 0) state.commit(executor)
    }
  }
  state.commit(executor, final)
  return { ...readResult(state, program.plan), outputs: outputsOf(program, state) }
}

function outputsOf({ plan }: TestProgram, state: MemoryState): JobResult['outputs'] {
  const outputs = new Map<string, OutputRecord[][]>()
  for (const { name, node: id } of plan.results) {
    const node = plan.nodes.find(n => n.id === id)
    if (node?.kind !== 'output') continue
    const partitions = Array.from({ length: node.params.partitions }, (): OutputRecord[] => [])
    for (const { time, identity, partition, key, value } of state.released.get(id) ?? []) {
      const headers = [{ key: IDENTITY_HEADER, value: identity }]
      partitions[partition]?.push({ timestamp: time, key, value: value as Uint8Array, headers })
    }
    outputs.set(name, partitions)
  }
  return outputs
}

describe.each(Object.entries(JOBS))('job %s', (_, { shape, build }) => {
  it('gives the result of the reference', () => {
    const program = build()
    fc.assert(
      fc.property(
        logArbitrary(shape),
        fc.constantFrom(1, 4, 1000),
        fc.constantFrom(1, 3, 1000),
        fc.boolean(),
        (log, chunkSize, commitEvery, final) => {
          const own = resultOf(program, log, chunkSize, commitEvery, final)
          expect(compareResults(own, reference(program, log, { final }))).toBeNull()
        },
      ),
      { numRuns: 25 },
    )
  })
})
