// Both sinks for rows keep the contract that `lyrebird/sinks/conformance` checks.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, TestPostgres } from '../../../scripts/postgres/server.ts'
import { checkRowSink, type SinkUnderTest } from '../../../sinks/conformance/index.ts'
import { keyCell } from '../../../sinks/postgres/cells.ts'
import { ndjson, postgres } from '../../../sinks/rows/index.ts'
import { hasPooler, TestPooler } from '../postgres/pooler.ts'

const seed = Math.floor(Math.random() * 2 ** 31)

describe('ndjson', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-ndjson-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`keeps the contract (seed ${seed})`, async () => {
    let places = 0
    const fresh = async (): Promise<SinkUnderTest> => {
      const file = join(folder, `${places++}.ndjson`)
      return { definition: ndjson({ file }), rows: async () => rowsInFile(file) }
    }
    expect(await checkRowSink(fresh, { seed, sequences: 20 })).toEqual([])
  })
})

/** As docs/sinks.md says that a file is read: whole commits, of the lines with one row id the last one. */
function rowsInFile(file: string): ReadonlyMap<string, number> {
  if (!existsSync(file)) return new Map()
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  const parsed = lines.map(line => JSON.parse(line) as { row?: string; value?: { n: number }; commit?: number })
  const end = parsed.findLastIndex(({ commit }) => commit !== undefined)
  const rows = new Map<string, number>()
  for (const { row, value } of parsed.slice(0, end + 1)) {
    if (row === undefined) continue
    const id = Buffer.from(row, 'base64').toString('hex')
    if (value === undefined) rows.delete(id)
    else rows.set(id, value.n)
  }
  return rows
}

describe.skipIf(!hasPostgres())('postgres', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await TestPostgres.start()
  })
  afterAll(() => server.stop())

  it(`keeps the contract (seed ${seed})`, { timeout: 120_000 }, async () => {
    expect(await checkRowSink(tables(server.url(), 'checked'), { seed })).toEqual([])
  })

  it.skipIf(!hasPooler())('keeps it through PgBouncer in transaction mode', { timeout: 120_000 }, async () => {
    const pooler = await TestPooler.start(server)
    try {
      expect(await checkRowSink(tables(pooler.url, 'pooled'), { seed, sequences: 2 })).toEqual([])
    } finally {
      await pooler.stop()
    }
  })

  function tables(url: string, stem: string): () => Promise<SinkUnderTest> {
    let places = 0
    return async () => {
      const table = `${stem}_${places++}`
      return {
        definition: postgres({ url, table }),
        idOf: id => keyCell(id).slice(2),
        rows: async () => {
          if ((await server.query(`SELECT to_regclass('${table}') AS t`))[0]?.t === null) return new Map()
          const rows = await server.query(
            `SELECT encode(row_key, 'hex') AS id, n FROM ${table} WHERE row_error IS NULL`,
          )
          return new Map(rows.map(({ id, n }) => [id as string, n as number]))
        },
      }
    }
  }
})
