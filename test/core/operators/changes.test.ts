// Changelogs: the newest record of each key in a topic of changes is the view's row, whenever commits happened.
//
// Method: random logs, fed as a stream with random commits and restarts; the records released so far are replayed at
// the end of each of two cuts, and compared with the rows that the reference gives for the same tables.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Plan } from '../../../core/plan/plan.ts'
import { tableRoot } from '../../../core/plan/plan-index.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import type { ViewRow } from '../../../core/result/result.ts'
import { rowPlaces } from '../../../core/tables/row-place.ts'
import { ByteReader, bytesToHex } from '../../../core/values/bytes.ts'
import { decodeValue } from '../../../core/values/canonical.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'
import { choices, naturals, stream } from '../../support/feeding.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { joinedTables } from '../../support/jobs/join-jobs.ts'
import { MemoryState } from '../../support/memory-state.ts'
import { logWithCuts } from '../../support/random-log.ts'

const { plan, lambdas } = joinedTables()
const module = interpretedModule({ plan, lambdas })
const changelogs = plan.nodes.filter(n => n.kind === 'changes')
/** The same job with a view for each changelog. */
const seen: Plan = {
  ...plan,
  results: changelogs.map(({ id, inputs }) => ({ name: id, kind: 'view', node: inputs[0] as string, hash: '' })),
}

const utf8 = new TextDecoder()

/** Value texts of the newest records, by key text. */
function replayed(state: MemoryState, id: string): Map<string, string> {
  const rows = new Map<string, string>()
  for (const { key, value } of state.released.get(id) ?? []) {
    const name = bytesToHex(key as Uint8Array)
    if (value === null) rows.delete(name)
    else rows.set(name, utf8.decode(value))
  }
  return rows
}

function rowsOf(id: string, rows: readonly ViewRow[]): Map<string, string> {
  const places = rowPlaces(tableRoot(plan, id).params.window)
  return new Map(
    rows.flatMap(({ key: rowKey, value }) => {
      if (value === null) return []
      const { key, window } = places.placeOf(rowKey)
      // Half of a surrogate pair has no UTF-8: such a key is written as JSON.
      const plain = window === undefined && typeof key === 'string' && !/\p{Surrogate}/u.test(key)
      const text = plain ? key : canonicalJson(window === undefined ? key : { key, ...window })
      return [[bytesToHex(new TextEncoder().encode(text)), canonicalJson(decodeValue(new ByteReader(value)))]]
    }),
  )
}

it('has the row of the view as the newest record of each key', () => {
  /** The changelogs that have written values, and those that have written deletions. */
  const changes = new Set<string>()
  fc.assert(
    fc.property(
      logWithCuts({ topics: { a: 1, b: 2 }, maxRecords: 15 }),
      naturals,
      fc.boolean(),
      ({ earlier, later }, numbers, final) => {
        const state = new MemoryState()
        const pick = choices(numbers)
        const expectSame = (log: ReferenceInput, sealed: boolean): void => {
          const { views } = reference({ plan: seen, lambdas }, log, { final: sealed })
          for (const { id } of changelogs) {
            const rows = replayed(state, id)
            expect(rows).toEqual(rowsOf(id, views.get(id) as ViewRow[]))
            for (const { value } of state.released.get(id) ?? []) changes.add(`${id} ${value === null}`)
          }
        }
        stream(module, earlier, state, pick, false)
        expectSame(earlier, false)
        stream(module, later, state, pick, final)
        expectSame(later, final)
      },
    ),
    { numRuns: 50 },
  )
  for (const { id } of changelogs) expect(changes).toContain(`${id} false`)
  expect(changes.size, 'some rows have gone').toBeGreaterThan(changelogs.length)
})

it('writes nothing for a row that did not change', () => {
  fc.assert(
    fc.property(logWithCuts({ topics: { a: 1, b: 2 } }), naturals, ({ later }, numbers) => {
      const state = new MemoryState()
      stream(module, later, state, choices(numbers), false)
      for (const { id } of changelogs) {
        const last = new Map<string, string | null>()
        for (const { key, value } of state.released.get(id) ?? []) {
          const [name, text] = [bytesToHex(key as Uint8Array), value === null ? null : utf8.decode(value)]
          // A row that begins as an error row is a deletion too.
          if (text !== null) expect(last.get(name)).not.toBe(text)
          last.set(name, text)
        }
      }
    }),
    { numRuns: 30 },
  )
})
