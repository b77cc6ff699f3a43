// Views that share the rows of their aggregation's state: what readers see, and what becomes of the rows that an older
// version kept for them.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { sharesState } from '../../core/plan/shares-state.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { TABLE } from '../../core/state/row-codec.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { MultisetDigest } from '../../core/values/multiset-digest.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { storedRows } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { openStateReader, openStateWriter } from '../../store/index.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'
import { testFolder } from './support/folder.ts'

const utf8 = new TextEncoder()

interface Event {
  readonly k: string
  readonly n: number
}

/** One view that shares the rows of its state, one behind a lambda that does not. */
function functions() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), (v: Event) => v.k)
  const table = plan.aggregate(keyed, GLOBAL, {
    count: { kind: 'count' },
    greatest: { kind: 'max', of: (v: Event) => v.n },
    mean: { kind: 'mean', of: (v: Event) => v.n },
    last: { kind: 'last', of: (v: Event) => v.n },
  })
  plan.view('plain', table)
  plan.view('again', table)
  plan.view(
    'mapped',
    plan.mapTable(table, v => v),
  )
  return interpretedModule(plan.program('shared'))
}

const { plan } = functions()
const nodeOf = (name: string): string => plan.results.find(r => r.name === name)?.node as string

function emptyLog(): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', 1)
  return log
}

/** Appends records up to this offset. */
function fill(log: MemoryLog, from: number, to: number): void {
  const event = (i: number): Event => ({ k: `k${i % 7}`, n: (i * i) % 11 })
  for (let i = from; i < to; i++) log.append('in', 0, [{ timestamp: i, value: utf8.encode(JSON.stringify(event(i))) }])
}

it('shows what a view with rows of its own shows, with the digest that the commit counts', async () => {
  const state = join(testFolder(), 'state')
  const log = emptyLog()
  for (const [from, to] of [
    [0, 40],
    [40, 100],
  ] as const) {
    fill(log, from, to)
    await runBatch({ functions: functions(), log, state })
    const reader = openStateReader(state)
    const rowsOf = (name: string): string[] =>
      [...storedRows(reader, plan, name)].map(row => row.map(bytes => bytesToHex(new Uint8Array(bytes))).join(' '))
    expect(rowsOf('plain')).toHaveLength(7)
    expect(rowsOf('plain')).toEqual(rowsOf('mapped'))
    expect(rowsOf('again')).toEqual(rowsOf('mapped'))
    const progress = Progress.decode(reader.document(PROGRESS) as Uint8Array)
    for (const name of ['plain', 'again', 'mapped']) {
      const digest = new MultisetDigest()
      for (const [key, stored] of storedRows(reader, plan, name)) digest.addRow(key, stored)
      expect(progress.digest(DIGEST.view(name)).summary).toEqual(digest.summary)
    }
    expect(reader.tables()).not.toContain(TABLE.view('plain'))
    await reader.close()
  }
})

it('does not share where windows, a lambda or code of the author are between', () => {
  expect([nodeOf('plain'), nodeOf('mapped')].map(node => sharesState(plan, node))).toEqual([true, false])
  const own = new PlanBuilder()
  const keyed = own.keyBy(own.source('in'), (v: Event) => v.k)
  const custom = {
    kind: 'custom',
    lift: () => 1,
    plus: (a: number, b: number) => a + b,
    present: (s: number) => s,
  } as const
  own.view('custom', own.aggregate(keyed, GLOBAL, { own: custom }))
  const program = own.program('own')
  expect(sharesState(program.plan, program.plan.results[0]?.node as string)).toBe(false)
})

it('drops the rows that an older version kept, with the next commit', async () => {
  const state = join(testFolder(), 'state')
  const log = emptyLog()
  fill(log, 0, 40)
  await runBatch({ functions: functions(), log, state })
  const writer = await openStateWriter(state)
  await writer.commit(transaction => {
    transaction.applyChanges(TABLE.view('plain'), [[canonicalBytes('k1'), Uint8Array.of(0, ...canonicalBytes(1))]])
  })
  await writer.close()
  fill(log, 40, 60)
  await runBatch({ functions: functions(), log, state })
  const reader = openStateReader(state)
  expect(reader.tables()).not.toContain(TABLE.view('plain'))
  expect([...storedRows(reader, plan, 'plain')]).toHaveLength(7)
  await reader.close()
})
