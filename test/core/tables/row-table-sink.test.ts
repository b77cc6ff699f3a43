// Rows of a table without slots on their way to views and `closed` nodes, against a list of what the table holds.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { viewRowKey } from '../../../core/result/result.ts'
import { TABLE } from '../../../core/state/row-codec.ts'
import { tableConsumers } from '../../../core/tables/consumers.ts'
import { rowPlaces } from '../../../core/tables/row-place.ts'
import { RowTableSink } from '../../../core/tables/row-table-sink.ts'
import type { RowOutcome } from '../../../core/tables/table-chain.ts'
import { rowKeyOf, storedKey } from '../../../core/tables/view-order.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, NUMBER_BYTES } from '../../../core/values/canonical.ts'
import { MultisetDigest } from '../../../core/values/multiset-digest.ts'
import { PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { recorder } from '../../support/recorder.ts'

const SIZE = 10
const KEEP = 20

const builder = new PlanBuilder()
const table = builder.aggregate(
  builder.keyBy(builder.source('a'), () => 0),
  tumbling(SIZE),
  { n: { kind: 'count' } },
)
const odd = builder.filterTable(table, (v: number) => {
  if (v === 4) throw new Error('four')
  return v % 2 === 1
})
builder.view('all', table).view('odd', builder.keep(odd, KEEP))
const closedOdd = builder.closed(odd)
builder.view('unused', builder.bare(closedOdd, tumbling(SIZE), { kind: 'count' }))
const { plan, lambdas } = builder.program()

/** One flush: how far the watermark moves, and changed values by window and key; 0 removes a row. */
const flushes = fc.array(
  fc.record({
    step: fc.nat(25),
    changes: fc.uniqueArray(fc.record({ window: fc.nat(3), key: fc.constantFrom('a', 'b', 'c'), value: fc.nat(5) }), {
      selector: c => `${c.window} ${c.key}`,
    }),
  }),
  { maxLength: 12 },
)

it('gives views, digests and closed windows that match the table', () => {
  fc.assert(
    fc.property(flushes, steps => {
      const state = new MemoryState()
      const emitted: string[] = []
      const digests = new Map<string, MultisetDigest>()
      const digest = (name: string): MultisetDigest =>
        digests.get(name) ?? (digests.set(name, new MultisetDigest()).get(name) as MultisetDigest)
      const report = recorder()
      const sink = new RowTableSink({
        consumers: tableConsumers(plan, table, lambdas, {
          view: digest,
          closed: digest,
          rows: () => () => {},
          byWindow: false,
        }),
        places: rowPlaces(tumbling(SIZE)),
        emit: (node, key, value, time) => emitted.push(`${node} ${key} ${value} ${time}`),
        env: memoryEnvironment(state),
        report,
      })
      const rows = new Map<string, { start: number; key: string; value: number }>()
      const expected: string[] = []
      let dead = 0
      let now = 0
      for (const { step, changes } of steps) {
        const changed = new Set<string>()
        for (const { window, key, value } of changes) {
          const start = Math.floor(now / SIZE + window) * SIZE
          changed.add(`${start} ${key}`)
          rows.set(`${start} ${key}`, { start, key, value })
        }
        const before = now
        now += step
        state.flush(changes => {
          sink.begin(changes, now)
          for (const [name, { start, key, value }] of [...rows].reverse()) {
            const closes = start + SIZE > before && start + SIZE <= now
            if (!closes && !changed.has(name)) continue
            const outcome: RowOutcome = value === 0 ? { kind: 'absent' } : { kind: 'value', value }
            sink.put(viewRowKey(start, key), outcome, { changed: changed.has(name), closes })
            if (closes && value % 2 === 1) expected.push(`${closedOdd} ${key} ${value} ${start + SIZE - 1}`)
            if (closes && value === 4) dead++
          }
          sink.finish()
        })
        const held = [...rows.values()].filter(r => r.value !== 0)
        const hex = (r: (typeof held)[number]): string => bytesToHex(viewRowKey(r.start, r.key))
        const kept = held.filter(r => r.start + SIZE > now - KEEP && (r.value % 2 === 1 || r.value === 4))
        const byKey = state.range(TABLE.view('all'))
        expect(byKey.map(([k]) => bytesToHex(rowKeyOf(k, NUMBER_BYTES))).sort()).toEqual(held.map(hex).sort())
        expect(state.range(TABLE.view('odd')).map(([k]) => bytesToHex(k))).toEqual(kept.map(hex).sort())
        for (const r of held) {
          const key = storedKey(viewRowKey(r.start, r.key), NUMBER_BYTES)
          expect(state.get(TABLE.view('all'), key)?.slice(1)).toEqual(canonicalBytes(r.value))
        }
        for (const name of ['all', 'odd']) {
          const whole = new MultisetDigest()
          const moved = name === 'all' ? NUMBER_BYTES : 0
          for (const [key, value] of state.range(TABLE.view(name))) whole.addRow(rowKeyOf(key, moved), value)
          expect(digest(name).summary).toEqual(whole.summary)
        }
      }
      expect(emitted.sort()).toEqual(expected.sort())
      expect([...report.deadRows.take()].length).toBe(dead)
    }),
    { numRuns: 300 },
  )
})
