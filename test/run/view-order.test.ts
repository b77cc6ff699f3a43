// In which order views are stored: new states by key, those of before format 3 by window, which they keep; with `keep`
// always by window. What readers see is the same.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TABLE } from '../../core/state/row-codec.ts'
import { rowKeyOf } from '../../core/tables/view-order.ts'
import { ByteReader, bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes, decodeValue, NUMBER_BYTES } from '../../core/values/canonical.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { DOCUMENT, encodeJson } from '../../run/state/documents.ts'
import { viewRowsOfKeys } from '../../run/state/lookup.ts'
import { readJobDocument, storedRows, viewRowsByKey } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { newRowSorter, openStateReader, openStateWriter } from '../../store/index.ts'
import { verifyJob } from '../../testing/equivalence/index.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { PlanBuilder, session, tumbling } from '../support/jobs/graph-plan.ts'
import { testFolder } from './support/folder.ts'

const utf8 = new TextEncoder()

interface Event {
  readonly k: string
}

const SIZE = 10
const WINDOW_BYTES = { tumbling: NUMBER_BYTES, kept: NUMBER_BYTES, sessions: 2 * NUMBER_BYTES }
type View = keyof typeof WINDOW_BYTES
const VIEWS = Object.keys(WINDOW_BYTES) as View[]

function functions() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), (v: Event) => v.k)
  const counts = plan.aggregate(keyed, tumbling(SIZE), { count: { kind: 'count' } })
  plan.view('tumbling', counts)
  plan.view('kept', plan.keep(counts, 1000))
  plan.view('sessions', plan.aggregate(keyed, session(2), { count: { kind: 'count' } }))
  return interpretedModule(plan.program('ordered'))
}

const { plan } = functions()

function newLog(): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', 1)
  return log
}

/** Appends records up to this offset. */
function filled(log: MemoryLog, from: number, to: number): MemoryLog {
  for (let i = from; i < to; i++) {
    // Of two keys one begins with the other, and goes on with a zero.
    const k = ['a', 'b', 'a\u0000', 'ab'][((i * i) % 7) % 4] as string
    log.append('in', 0, [{ timestamp: i, value: utf8.encode(JSON.stringify({ k })) }])
  }
  return log
}

type Shown = Record<View, readonly string[]>

/** The keys of the tables of views, and rows as readers see them, in order. */
async function contents(state: string): Promise<{ format: number | undefined; stored: Shown; shown: Shown }> {
  const reader = openStateReader(state)
  try {
    const of = (rows: (view: View) => readonly string[]): Shown =>
      Object.fromEntries(VIEWS.map(view => [view, rows(view)])) as Shown
    return {
      format: readJobDocument(reader)?.format,
      stored: of(view => [...reader.range(TABLE.view(view))].map(([key]) => bytesToHex(key))),
      shown: of(view =>
        [...viewRowsByKey(reader, plan, view, newRowSorter)].map(({ key, value }) =>
          [key, value ?? new Uint8Array(0)].map(bytesToHex).join(' '),
        ),
      ),
    }
  } finally {
    await reader.close()
  }
}

/** Key and start of the window, of row keys. */
function decodedKeys(view: View, rows: readonly string[]): (readonly [unknown, number])[] {
  return rows.map(row => {
    const bytes = Uint8Array.from(Buffer.from(row.split(' ')[0] as string, 'hex'))
    const key = new ByteReader(bytes, WINDOW_BYTES[view])
    return [decodeValue(key), decodeValue(new ByteReader(bytes)) as number]
  })
}

/** Gives a state the order and the format of before. */
async function toFormat2(state: string): Promise<void> {
  const writer = await openStateWriter(state)
  const job = readJobDocument(writer)
  await writer.commit(transaction => {
    for (const view of ['tumbling', 'sessions'] as const) {
      const rows = [...writer.range(TABLE.view(view))].map(
        ([key, value]) => [rowKeyOf(key.slice(), WINDOW_BYTES[view]), value.slice()] as const,
      )
      rows.sort((a, b) => Buffer.compare(a[0], b[0]))
      transaction.replaceTable(TABLE.view(view), rows)
    }
    transaction.putDocument(DOCUMENT.job, encodeJson({ ...job, format: 2 }))
  })
  await writer.close()
}

it('stores views by key, and those with `keep` by window; readers see all by key', async () => {
  const state = join(testFolder(), 'state')
  await runBatch({ functions: functions(), log: filled(newLog(), 0, 60), state })
  const { format, stored, shown } = await contents(state)
  expect(format).toBe(3)
  for (const view of VIEWS) {
    const keys = decodedKeys(view, shown[view])
    expect(keys.length).toBeGreaterThan(8)
    const inOrder = [...keys].sort((a, b) =>
      a[0] === b[0] ? a[1] - b[1] : (a[0] as string) < (b[0] as string) ? -1 : 1,
    )
    expect(keys).toEqual(inOrder)
  }
  const starts = decodedKeys('kept', stored.kept).map(([, start]) => start)
  expect(starts).toEqual([...starts].sort((a, b) => a - b))
  const byKey = stored.tumbling.map(key => bytesToHex(rowKeyOf(Uint8Array.from(Buffer.from(key, 'hex')), NUMBER_BYTES)))
  expect(decodedKeys('tumbling', byKey)).toEqual(decodedKeys('tumbling', shown.tumbling))
})

it('goes on from a state of format 2 in its order, and shows the same', async () => {
  const [whole, old] = [join(testFolder(), 'state'), join(testFolder(), 'state')]
  const log = filled(newLog(), 0, 50)
  await runBatch({ functions: functions(), log, state: old })
  const before = await contents(old)
  await toFormat2(old)
  const turned = await contents(old)
  expect(turned.stored.tumbling).not.toEqual(before.stored.tumbling)
  expect(turned.shown).toEqual(before.shown)
  filled(log, 50, 90)
  await runBatch({ functions: functions(), log, state: old })
  await runBatch({ functions: functions(), log, state: whole })
  const after = await contents(old)
  expect(after.format).toBe(2)
  expect(after.shown).toEqual((await contents(whole)).shown)
  expect(await verifyJob({ functions: functions(), log, state: old, interleavings: 1 })).toMatchObject({ equal: true })
  const reader = openStateReader(old)
  const starts = [...storedRows(reader, plan, 'tumbling')].map(([key]) => decodeValue(new ByteReader(key)) as number)
  expect(starts).toEqual([...starts].sort((a, b) => a - b))
  await reader.close()
})

it('finds the rows of a key in each order', async () => {
  const state = join(testFolder(), 'state')
  await runBatch({ functions: functions(), log: filled(newLog(), 0, 60), state })
  await expectFound(state)
  await toFormat2(state)
  await expectFound(state)
})

/** Of keys one of which begins with another: those of `a` are not those of `a` and a zero. */
async function expectFound(state: string): Promise<void> {
  const { shown } = await contents(state)
  const reader = openStateReader(state)
  for (const view of VIEWS) {
    for (const key of ['a', 'b', 'a\u0000', 'ab', 'none']) {
      const wanted = decodedKeys(view, shown[view]).filter(([k]) => k === key)
      if (key === 'a') expect(wanted).not.toEqual([])
      const found = viewRowsOfKeys(reader, plan, view, [canonicalBytes(key)]).map(row => bytesToHex(row.key))
      expect(decodedKeys(view, found), `${view} ${key}`).toEqual(wanted)
      expect(found.length > 0).toBe(wanted.length > 0)
    }
  }
  await reader.close()
}
