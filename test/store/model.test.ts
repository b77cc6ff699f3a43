// The state against a plain sorted map: random commits, compactions, deletes, long keys, replaced tables, reopening.
//
// Promises: whatever the sequence, documents, gets and ranges of writer and reader are those of the model.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RowChange } from '../../core/state/rows.ts'
import { bytesToHex, compareBytes } from '../../core/values/bytes.ts'
import { openStateReader, openStateWriter, type StateReader, type StateWriter } from '../../store/index.ts'

/** Few distinct keys, so that commits meet; some are longer than an lmdb key and differ only past that length. */
const key = fc.oneof(
  fc.uint8Array({ minLength: 0, maxLength: 2 }),
  fc
    .tuple(fc.constantFrom(300, 1977, 1978, 2100, 5000), fc.uint8Array({ minLength: 0, maxLength: 2 }))
    .map(([n, tail]) => {
      const bytes = new Uint8Array(n + tail.length).fill(7)
      bytes.set(tail, n)
      return bytes
    }),
)
const value = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom(2000, 9000).map(n => new Uint8Array(n).fill(n)),
)
const table = fc.constantFrom('view/a', 'state/b')
const changes = fc.array(fc.tuple(key, fc.option(value, { freq: 3 })), { maxLength: 40 }).map(sorted)

type Step =
  | { kind: 'commit'; parts: { table: string; changes: RowChange[] }[]; document: Uint8Array | null }
  | { kind: 'replace'; table: string; changes: RowChange[]; staged: boolean }
  /** Rows of a table that are staged, and belong to it after a commit; or to nobody, where there is none. */
  | { kind: 'stage'; table: string; changes: RowChange[]; commits: boolean }
  | { kind: 'reopen' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      parts: fc.array(fc.record({ table, changes }), { minLength: 0, maxLength: 3 }),
      document: fc.option(value),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replace' as const), table, changes, staged: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('stage' as const), table, changes, commits: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)

class Model {
  readonly tables = new Map<string, Map<string, RowChange>>()
  document: Uint8Array | undefined

  apply(name: string, rows: readonly RowChange[]): void {
    const rowsOf = this.tables.get(name) ?? new Map()
    this.tables.set(name, rowsOf)
    for (const [k, v] of rows) {
      if (v === null) rowsOf.delete(bytesToHex(k))
      else rowsOf.set(bytesToHex(k), [k, v])
    }
  }

  rows(name: string, from?: Uint8Array, to?: Uint8Array): RowChange[] {
    return sorted([...(this.tables.get(name)?.values() ?? [])]).filter(
      ([k]) => (from === undefined || compareBytes(k, from) >= 0) && (to === undefined || compareBytes(k, to) < 0),
    )
  }
}

test('the state holds what a sorted map holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 14 }),
      fc.array(key, { maxLength: 6 }),
      fc.constantFrom(
        { blockBytes: 60, tierBytes: 200, stagedBytes: 100 },
        { blockBytes: 2000, tierBytes: 4000, stagedBytes: 5000 },
        {},
      ),
      async (steps, probes, options) => {
        const dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
        let writer = await openStateWriter(dir, options)
        const model = new Model()
        try {
          for (const one of steps) {
            if (one.kind === 'reopen') {
              await writer.close()
              writer = await openStateWriter(dir, options)
            } else await apply(writer, model, one)
            compare(writer, model, probes)
          }
          const reader = openStateReader(dir)
          compare(reader, model, probes)
          await reader.close()
        } finally {
          await writer.close()
          rmSync(dir, { recursive: true })
        }
      },
    ),
    { numRuns: 60 },
  )
})

async function apply(writer: StateWriter, model: Model, one: Exclude<Step, { kind: 'reopen' }>): Promise<void> {
  if (one.kind === 'replace') {
    const rows = one.changes.flatMap(([k, v]) => (v === null ? [] : [[k, v] as const]))
    const staged = one.staged ? writer.stage(rows, false) : null
    await writer.commit(txn => {
      if (staged === null) txn.replaceTable(one.table, rows)
      else txn.replaceStaged(one.table, staged)
    })
    model.tables.delete(one.table)
    model.apply(one.table, rows)
    return
  }
  if (one.kind === 'stage') {
    const staged = writer.stage(one.changes, true)
    if (staged === null || !one.commits) return
    await writer.commit(txn => txn.applyStaged(one.table, staged))
    return model.apply(one.table, one.changes)
  }
  await writer.commit(txn => {
    for (const part of one.parts) txn.applyChanges(part.table, part.changes)
    txn.putDocument('progress', one.document)
  })
  for (const part of one.parts) model.apply(part.table, part.changes)
  model.document = one.document ?? undefined
}

function compare(state: StateReader, model: Model, probes: readonly Uint8Array[]): void {
  expect(text(state.document('progress'))).toBe(text(model.document))
  const tables = ['state/b', 'view/a']
  expect(state.tables()).toEqual(tables.filter(name => model.rows(name).length > 0))
  for (const name of tables) {
    expect(texts(state.range(name))).toEqual(texts(model.rows(name)))
    for (const from of probes.slice(0, 3)) {
      const to = probes[3]
      expect(texts(state.range(name, from, to))).toEqual(texts(model.rows(name, from, to)))
    }
    for (const probe of [...probes, ...[...model.rows(name)].map(([k]) => k)]) {
      expect(text(state.get(name, probe))).toBe(text(model.tables.get(name)?.get(bytesToHex(probe))?.[1] ?? undefined))
    }
  }
}

function sorted(rows: readonly RowChange[]): RowChange[] {
  const last = new Map(rows.map(row => [bytesToHex(row[0]), row]))
  return [...last.values()].sort((a, b) => compareBytes(a[0], b[0]))
}

const text = (bytes: Uint8Array | null | undefined): string => (bytes == null ? 'none' : bytesToHex(bytes))
const texts = (rows: Iterable<RowChange>): string[] => [...rows].map(([k, v]) => `${text(k)}=${text(v)}`)
