// The machine against the reference: same log, same cut, same bytes, however it was fed.
//
// Method: random logs of all jobs of `test/support/jobs.ts`; a machine gets them in random interleavings of random
// chunks, settles at random moments, and now and then is thrown away and made anew from the committed state.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareResults } from '../../core/compare-results.ts'
import { partitionName } from '../../core/cut.ts'
import { Machine } from '../../core/execute/machine.ts'
import { PROGRESS, Progress } from '../../core/execute/progress.ts'
import { TABLE } from '../../core/execute/row-codec.ts'
import { TALLY, Tally } from '../../core/execute/tally.ts'
import type { InputRecord, ReferenceInput } from '../../core/reference/input.ts'
import { type Program, reference } from '../../core/reference/reference.ts'
import type { JobResult, OutputRecord } from '../../core/result.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs.ts'
import { chunkOf, endOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { logArbitrary, logWithCuts } from '../support/random-log.ts'
import { readResult } from '../support/read-state.ts'

/** Numbers 0 <= n < bound, one after the other, from a finite list of naturals that is gone through again and again. */
function choices(naturals: readonly number[]): (bound: number) => number {
  let at = 0
  return bound => (naturals[at++ % naturals.length] as number) % bound
}

const naturals = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 40 })

/** All outputs of a program as the state has released them. */
function writtenOutputs({ plan }: Program, state: MemoryState): JobResult['outputs'] {
  const outputs = new Map<string, OutputRecord[][]>()
  for (const { kind, name, node: id } of plan.results) {
    const node = plan.nodes.find(n => n.id === id)
    if (kind !== 'output' || node?.kind !== 'output') continue
    const partitions = Array.from({ length: node.params.partitions }, (): OutputRecord[] => [])
    for (const e of state.released.get(id) ?? []) {
      const headers = [{ key: 'lyrebird-identity', value: e.identity }]
      partitions[e.partition]?.push({ timestamp: e.time, key: e.key, value: e.value, headers })
    }
    outputs.set(name, partitions)
  }
  return outputs
}

function expectEqual(program: Program, state: MemoryState, log: ReferenceInput, final: boolean): void {
  const own = { ...readResult(state, program.plan), outputs: writtenOutputs(program, state) }
  expect(compareResults(own, reference(program, log, { final }))).toBeNull()
  const progress = Progress.decode(state.document(PROGRESS) as Uint8Array)
  for (const name of own.views.keys()) {
    const tally = new Tally()
    for (const [key, value] of state.scan(TABLE.view(name))) tally.add(key, value)
    expect([name, progress.tally(TALLY.view(name)).data]).toEqual([name, tally.data])
  }
}

/** Every partition of a cut is known to a machine from the beginning, the empty ones too. */
function announce(machine: Machine, log: ReferenceInput): void {
  for (const p of log) {
    const name = partitionName(p.topic, p.partition)
    if (!machine.progress.cut.has(name)) machine.progress.cut.set(name, 0n)
  }
}

/** Feeds what is not read yet, as a stream does: in any order of partitions, with commits and restarts. */
function stream(
  program: Program,
  log: ReferenceInput,
  state: MemoryState,
  pick: (n: number) => number,
  final: boolean,
): void {
  const limit = [1_000_000, 3][pick(2)] as number
  const start = (): Machine => {
    const machine = new Machine(interpretedModule(program), memoryEnvironment(state, limit))
    announce(machine, log)
    return machine
  }
  let machine = start()
  for (;;) {
    const open = log.flatMap(p => {
      const from = machine.progress.cut.get(partitionName(p.topic, p.partition)) as bigint
      const left = p.records.filter(r => r.offset >= from)
      return left.length === 0 ? [] : [{ partition: p, left }]
    })
    const next = open[pick(Math.max(open.length, 1))]
    if (next === undefined) break
    machine.feed(chunkOf(next.partition, next.left.slice(0, 1 + pick(5))))
    const then = pick(6)
    if (then === 0) machine.relieve()
    if (then < 3) continue
    state.commit(machine)
    machine.forget()
    if (then === 5) machine = start()
  }
  state.commit(machine, final)
}

describe.each(Object.entries(JOBS))('%s', (_name, { shape, build }) => {
  const program = build()

  it('streams to the result of the reference, whatever the interleaving, the commits and restarts', () => {
    fc.assert(
      fc.property(logArbitrary(shape), naturals, fc.boolean(), (log, numbers, final) => {
        const state = new MemoryState()
        stream(program, log, state, choices(numbers), final)
        expectEqual(program, state, log, final)
      }),
      { numRuns: 60 },
    )
  })

  it('goes on from an earlier cut to a later one', () => {
    fc.assert(
      fc.property(logWithCuts(shape), naturals, ({ earlier, later }, numbers) => {
        const state = new MemoryState()
        stream(program, earlier, state, choices(numbers), false)
        expectEqual(program, state, earlier, false)
        stream(program, later, state, choices(numbers.slice(7)), false)
        expectEqual(program, state, later, false)
      }),
      { numRuns: 40 },
    )
  })

  it('merges the partial results of several machines to the result of the reference', () => {
    fc.assert(
      fc.property(logWithCuts(shape), naturals, fc.boolean(), ({ earlier, later }, numbers, final) => {
        const state = new MemoryState()
        const pick = choices(numbers)
        if (pick(2) === 0) stream(program, earlier, state, pick, false)
        batch(program, later, state, pick, final)
        expectEqual(program, state, later, final)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves the same rows in every table, whether made by batch or by stream', () => {
    fc.assert(
      fc.property(logArbitrary(shape), naturals, (log, numbers) => {
        const [streamed, batched] = [new MemoryState(), new MemoryState()]
        stream(program, log, streamed, choices(numbers), false)
        batch(program, log, batched, choices(numbers), false)
        expect(streamed.tables()).toEqual(batched.tables())
        for (const table of batched.tables()) expect(streamed.scan(table)).toEqual(batched.scan(table))
        expect(streamed.document(PROGRESS)).toEqual(batched.document(PROGRESS))
      }),
      { numRuns: 60 },
    )
  })
})

/**
 * Reads as batch does: workers over single partitions, whose partial rows a coordinator merges with the state and
 * settles once.
 */
function batch(
  program: Program,
  log: ReferenceInput,
  state: MemoryState,
  pick: (n: number) => number,
  final: boolean,
): void {
  const limit = [1_000_000, 2][pick(2)] as number
  const coordinator = new Machine(interpretedModule(program), memoryEnvironment(state, limit))
  announce(coordinator, log)
  for (const partition of log) {
    const name = partitionName(partition.topic, partition.partition)
    const from = coordinator.progress.cut.get(name) as bigint
    const saved = coordinator.progress.encode()
    const known = {
      document: (d: string) => (d === PROGRESS ? saved : undefined),
      get: () => undefined,
      scan: () => [],
    }
    const worker = new Machine(interpretedModule(program), memoryEnvironment(known, limit))
    let left: readonly InputRecord[] = partition.records.filter(r => r.offset >= from)
    while (left.length > 0) {
      const count = 1 + pick(7)
      worker.feed(chunkOf(partition, left.slice(0, count)))
      left = left.slice(count)
      worker.relieve()
    }
    for (const [table, rows] of worker.takePartials()) coordinator.addPartials(table, rows)
    for (const { id, kind } of program.plan.nodes) {
      if (kind !== 'source') continue
      const time = worker.progress.sourcePartition(id, name).maxTime
      if (time > Number.NEGATIVE_INFINITY) coordinator.progress.sourcePartition(id, name).maxTime = time
    }
    if (endOf(partition) > from) coordinator.progress.cut.set(name, endOf(partition))
  }
  state.commit(coordinator, final)
}
