// Nexmark in SQL: DuckDB gives what the loops give over the same events; nexmark.test.ts compares the loops with the
// jobs.
//
// Skips, with a message, where Python has no DuckDB.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../core/values/json-text.ts'
import type { Bid } from '../../examples/nexmark/model.ts'
import { Evaluation } from './evaluate.ts'
import { eventsOf, placesOf } from './events.ts'
import { SQL } from './sql.ts'

const present = spawnSync('python3', ['-c', 'import duckdb']).status === 0
if (!present) console.warn('SKIPPED: Nexmark against SQL, since python3 has no module duckdb')

const RUN = `
import duckdb, json, sys
folder, queries = sys.argv[1], json.load(sys.stdin)
db = duckdb.connect()
for name in ('person', 'auction', 'bid'):
    db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_json('{folder}/{name}.json', format='newline_delimited')")
print(json.dumps({name: [row[0] for row in db.execute(sql).fetchall()] for name, sql in queries.items()}))
`

const [EVENTS, SEED, PARTITIONS] = [3000, 11, 2]
const sorted = (lines: readonly unknown[]): string[] => lines.map(canonicalJson).sort()

test.skipIf(!present)('DuckDB gives what the loops give, for every query', () => {
  const events = eventsOf(EVENTS, SEED)
  const places = placesOf(events.bids, PARTITIONS, SEED)
  const place = (bid: Bid): number => {
    const [partition, index] = places.get(bid) as readonly [number, number]
    return partition * EVENTS + index
  }
  const evaluation = new Evaluation(events, (a, b) => place(a) - place(b))
  expect(Object.keys(SQL)).toEqual(Object.keys(evaluation.queries))
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-nexmark-'))
  try {
    const write = (name: string, list: readonly object[]): void =>
      writeFileSync(join(folder, `${name}.json`), list.map(e => `${JSON.stringify(e)}\n`).join(''))
    write('person', events.persons)
    write('auction', events.auctions)
    write(
      'bid',
      events.bids.map(b => ({ ...b, place: place(b) })),
    )
    const run = spawnSync('python3', ['-c', RUN, folder], { input: JSON.stringify(SQL), maxBuffer: 1 << 28 })
    expect(run.status, run.stderr.toString()).toBe(0)
    const answers = JSON.parse(run.stdout.toString()) as Record<string, readonly string[]>
    for (const [name, evaluate] of Object.entries(evaluation.queries)) {
      const rows = (answers[name] as readonly string[]).map(text => JSON.parse(text))
      expect([name, sorted(rows)]).toEqual([name, sorted(evaluate().lines)])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
