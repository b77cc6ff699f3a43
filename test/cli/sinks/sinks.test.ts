// Rows in sinks by a configuration file: the command, the artefact, `status`, and mistakes in the file.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, TestPostgres } from '../../../scripts/postgres/server.ts'
import { begin, project, run } from '../lyrebird.ts'

const JOB = `import { job, source, tumbling, count, sum, mean, collectList } from 'lyrebird'
interface Sale { shop: string; kind: 'cash' | 'card'; cents: number; big: bigint; note: string | null; at: number; tags?: string[] }
const sales = source<Sale>('sales', { time: s => s.at, disorder: '1s' })
const byShop = sales.keyBy(s => ({ shop: s.shop, kind: s.kind }))
export default job('shops', {
  hours: byShop.window(tumbling('1h')).aggregate({ n: count(), cents: sum(s => s.cents), mean: mean(s => s.cents) }),
  sizes: sales.keyBy(s => s.shop).aggregate({ n: count() }).mapValues(v => ({ n: v.n, many: v.n > 5, note: v.n > 5 ? null : 'few', big: BigInt(v.n) ** 20n, parts: [v.n, { at: v.n }] })),
  total: sales.keyBy(s => s.kind).count(),
})
`
const config = (sinks: string, imports = 'env, ndjson, postgres'): string =>
  `import { defineConfig } from 'lyrebird'
import { ${imports} } from 'lyrebird/sinks'
export default defineConfig({ log: 'log', state: 'state', sinks: { ${sinks} } })
`

const sale = (i: number): string =>
  JSON.stringify({
    shop: i % 7 === 0 ? 'a\0b \ud83d' : `s${i % 5}`,
    kind: i % 3 === 0 ? 'cash' : 'card',
    cents: i * 0.1,
    big: i,
    note: null,
    at: 1_700_000_000_000 + i * 60_000,
  })

const sales = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${sale(from + i)}\n`).join('')

const append = (there: string, from: number, to: number) =>
  run(there, ['append', 'sales', '--log', 'log'], { input: sales(from, to) })

describe('a file of rows', () => {
  it('is filled by batch and goes on with the stream, by command and by artefact', async () => {
    const there = project({
      'job.ts': JOB,
      'lyrebird.config.ts': config("total: ndjson({ file: 'total.ndjson' })", 'ndjson'),
    })
    expect((await append(there, 0, 100)).code).toBe(0)
    expect(await run(there, ['batch', 'job.ts'])).toMatchObject({ code: 0 })
    expect(totals(there)).toEqual({ card: 66, cash: 34 })
    await append(there, 100, 130)
    expect(await run(there, ['stream', 'job.ts', '--until', 'end'])).toMatchObject({ code: 0 })
    expect(totals(there)).toEqual({ card: 86, cash: 44 })
    const status = JSON.parse((await run(there, ['status', '--json'])).out)
    expect(status.sinks).toEqual([
      { view: 'total', place: 'file total.ndjson', commit: status.commit.number, behind: 0, altered: null },
    ])
    expect((await run(there, ['status'])).out).toMatch(/sink total {2,}file total\.ndjson: at commit \d/)

    await append(there, 130, 160)
    expect(await run(there, ['compile', 'job.ts', '--out', 'dist'])).toMatchObject({ code: 0 })
    const args = ['dist/run.mjs', '--log', 'log', '--state', 'state', '--until', 'end']
    execFileSync(process.execPath, args, { cwd: there, stdio: 'pipe' })
    expect(totals(there)).toEqual({ card: 106, cash: 54 })
    // Without sinks the artefact has no such module.
    writeFileSync(join(there, 'lyrebird.config.ts'), 'export default {}')
    await run(there, ['compile', 'job.ts', '--out', 'bare'])
    expect(existsSync(join(there, 'bare/sinks.mjs'))).toBe(false)
  })

  it('is not written beside one that is of another state', async () => {
    const there = project({
      'job.ts': JOB,
      'lyrebird.config.ts': config("total: ndjson({ file: 'total.ndjson' })", 'ndjson'),
    })
    await append(there, 0, 10)
    await run(there, ['batch', 'job.ts'])
    const before = readFileSync(join(there, 'total.ndjson'), 'utf8')
    const other = await run(there, ['batch', 'job.ts', '--state', 'other'])
    expect(other.code).toBe(6)
    expect(other.err).toMatch(/sink-owned .*total\.ndjson holds the rows of another state/)
    expect(readFileSync(join(there, 'total.ndjson'), 'utf8')).toBe(before)
    expect(await run(there, ['batch', 'job.ts', '--state', 'other', '--republish'])).toMatchObject({ code: 0 })
    expect(totals(there)).toEqual({ card: 6, cash: 4 })
  })
})

/** The last value of each row in the file. */
function totals(there: string): Readonly<Record<string, number>> {
  const lines = readFileSync(join(there, 'total.ndjson'), 'utf8').trimEnd().split('\n')
  const rows = lines.map(line => JSON.parse(line) as { row?: string; key: string; value: number })
  return Object.fromEntries(rows.filter(({ row }) => row !== undefined).map(({ key, value }) => [key, value]))
}

describe('mistakes in the configuration', () => {
  it.each([
    ["hour: ndjson({ file: 'x' })", 'a sink is bound to hour, and job shops has no view hour', 'did you mean hours?'],
    ["'shops/hour': ndjson({ file: 'x' })", 'job shops has no view hour', 'did you mean hours?'],
    ["hours: 'x'", 'sinks.hours in lyrebird.config.ts is no sink', 'write sinks: { hours: postgres('],
    ['hours: ndjson({})', 'lyrebird.config.ts: ndjson() lacks file', "write ndjson({ file: 'traffic.ndjson' })"],
    [
      "hours: postgres({ url: env('X'), tabel: 't' })",
      'lyrebird.config.ts: postgres() has no option tabel',
      'options: url table',
    ],
    ["hours: postgres({ url: env('X'), table: 't' })", 'the variable X is not set', 'X=postgres://'],
  ])('%s', async (sinks, message, hint) => {
    const there = project({ 'job.ts': JOB, 'lyrebird.config.ts': config(sinks) })
    await append(there, 0, 3)
    const { code, err } = await run(there, ['batch', 'job.ts'])
    expect(err).toContain(message)
    expect(err).toContain(hint)
    expect(code).toBe(2)
  })

  it('sinks of another job do not matter', async () => {
    const there = project({
      'job.ts': JOB,
      'lyrebird.config.ts': config("'other/hours': ndjson({ file: 'x' })", 'ndjson'),
    })
    await append(there, 0, 3)
    expect(await run(there, ['batch', 'job.ts'])).toMatchObject({ code: 0 })
    expect(existsSync(join(there, 'x'))).toBe(false)
  })
})

describe.skipIf(!hasPostgres())('tables', () => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await TestPostgres.start()
  })
  afterAll(() => server.stop())

  it('that cannot hold the rows are refused before anything is computed', { timeout: 120_000 }, async () => {
    const sinks = "total: postgres({ url: env('DATABASE_URL'), table: 'early' })"
    const env = { DATABASE_URL: server.url() }
    const there = project({ 'job.ts': JOB, 'lyrebird.config.ts': config(sinks, 'env, postgres') })
    await append(there, 0, 100)
    await server.query('CREATE TABLE early (id integer PRIMARY KEY)')
    for (const command of ['batch', 'stream', 'run']) {
      const refused = await run(there, [command, 'job.ts', '--until', 'end'], { env })
      expect(refused.code, refused.err).toBe(3)
      expect(refused.err).toContain('sink-refused  table early does not fit view total: it has no column row_key')
      expect((await run(there, ['query', 'total'])).err).toContain('state-missing')
    }
    await server.query('DROP TABLE early')
    expect(await run(there, ['run', 'job.ts', '--until', 'end'], { env })).toMatchObject({ code: 0 })
    const before = (await run(there, ['query', 'total'])).out

    // Another type of the values, in place of the old version.
    writeFileSync(
      join(there, 'job.ts'),
      JOB.replace('s.kind).count()', 's.kind).aggregate({ cents: sum(s => s.cents) })'),
    )
    const upgrade = ['run', 'job.ts', '--until', 'end', '--upgrade']
    const misfit = await run(there, upgrade, { env })
    expect(misfit.code, misfit.err).toBe(3)
    expect(misfit.err).toContain('sink-refused  table early does not fit view total: it has no column cents')
    expect((await run(there, ['query', 'total'])).out).toBe(before)
    expect(existsSync(join(there, 'state/next'))).toBe(false)
    // A view that is gone, though bound; and the remedy.
    writeFileSync(join(there, 'lyrebird.config.ts'), config(sinks.replace('total:', 'totals:'), 'env, postgres'))
    expect((await run(there, upgrade, { env })).err).toContain('did you mean total?')
    writeFileSync(join(there, 'lyrebird.config.ts'), config(sinks.replace('early', 'later'), 'env, postgres'))
    expect(await run(there, upgrade, { env })).toMatchObject({ code: 0 })
    expect(await server.query('SELECT count(*)::int AS n FROM later')).toEqual([{ n: 2 }])
  })

  it('have columns by the types of the job, and rows while the run is live', { timeout: 120_000 }, async () => {
    const sinks = ['hours', 'sizes', 'total'].map(v => `${v}: postgres({ url: env('DATABASE_URL'), table: '${v}' })`)
    const there = project({ 'job.ts': JOB, 'lyrebird.config.ts': config(sinks.join(', ')) })
    const env = { DATABASE_URL: server.url() }
    await append(there, 0, 200)
    const live = begin(there, ['run', 'job.ts', '--commit-interval', '50ms', '--listen', '127.0.0.1:0'], { env })
    let said = ''
    live.child.stderr?.on('data', part => {
      said += part
    })
    await live.said('live')
    await append(there, 200, 300)
    const rows = async (): Promise<number> => {
      const there = await server.query("SELECT to_regclass('total') IS NOT NULL AS yes")
      if (there[0]?.yes !== true) return 0
      return Number((await server.query('SELECT coalesce(sum(value), 0) AS n FROM total'))[0]?.n)
    }
    while ((await rows()) < 300) await new Promise(done => setTimeout(done, 50))
    const address = /metrics on (\S+)/.exec(said)?.[1] as string
    expect(await (await fetch(address)).text()).toMatch(/lyrebird_sink_behind_commits\{view="total"\} \d/)
    // While it is live, and once it has ended.
    const verify = () => run(there, ['verify', 'job.ts', '--state', 'state', '--json'], { env })
    const verified = async (): Promise<Readonly<Record<string, unknown>>[]> => {
      const { code, out, err } = await verify()
      const { parts } = JSON.parse(out || err) as { parts: { part: string }[] }
      return parts.filter(({ part }) => part.startsWith('sink ')).map(part => ({ ...part, code }))
    }
    for (const part of await verified()) expect(part).toMatchObject({ code: 0, left: null, differing: 0 })
    live.child.kill('SIGTERM')
    expect(await live.ended).toMatchObject({ code: 0 })
    const whole = await verified()
    expect(whole.map(({ part }) => part)).toEqual(['sink hours', 'sink sizes', 'sink total'])
    for (const part of whole) expect(part).toMatchObject({ code: 0, left: null, differing: 0 })
    expect(whole.find(({ part }) => part === 'sink total')).toMatchObject({ compared: 2, of: 2 })

    const columns = async (table: string): Promise<string[]> => {
      const found = await server.query(
        `SELECT attname || ' ' || format_type(atttypid, atttypmod) AS c FROM pg_attribute
         WHERE attrelid = '${table}'::regclass AND attnum > 0 ORDER BY attnum`,
      )
      return found.map(({ c }) => String(c))
    }
    expect(await columns('hours')).toEqual([
      'row_key bytea',
      'kind text',
      'shop text',
      'window_start timestamp with time zone',
      'window_end timestamp with time zone',
      'cents double precision',
      'mean double precision',
      'n double precision',
      'row_error jsonb',
    ])
    expect(await columns('sizes')).toEqual([
      'row_key bytea',
      'key text',
      'big numeric',
      'many boolean',
      'n double precision',
      'note text',
      'parts jsonb',
      'row_error jsonb',
    ])
    expect(await columns('total')).toEqual(['row_key bytea', 'key text', 'value double precision', 'row_error jsonb'])
    const [size] = await server.query("SELECT key, big::text, many, n, note, parts::text FROM sizes WHERE key = 's1'")
    expect(size).toMatchObject({ many: true, note: null, big: String(BigInt(size?.n as number) ** 20n) })
    // A text that Postgres cannot hold is altered and counted.
    expect(await server.query("SELECT key FROM sizes WHERE key LIKE 'a%'")).toEqual([{ key: 'a\ufffdb \ufffd' }])
    const status = JSON.parse((await run(there, ['status', '--json'], { env })).out)
    const ofSizes = status.sinks.find((s: { view: string }) => s.view === 'sizes')
    expect(ofSizes).toMatchObject({ place: 'table sizes of Postgres', behind: 0 })
    expect(ofSizes.altered).toBeGreaterThan(0)
    // Windows that the watermark has passed are closed.
    const [closed] = await server.query('SELECT count(*)::int AS n FROM hours_with_closed WHERE closed')
    const [open] = await server.query('SELECT count(*)::int AS n FROM hours_with_closed WHERE NOT closed')
    expect(closed?.n).toBeGreaterThan(0)
    expect(open?.n).toBeGreaterThan(0)
    const queried = (await run(there, ['query', 'hours'], { env })).out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(queried.filter(r => r.window.closed).length).toBe(closed?.n)
    expect(queried.length).toBe((closed?.n as number) + (open?.n as number))
    // What somebody has changed in the tables is found.
    await server.query("UPDATE total SET value = value + 1 WHERE key = 'card'")
    await server.query("DELETE FROM sizes WHERE key = 's1'")
    await server.query("INSERT INTO hours (row_key, shop) VALUES ('x', 'nowhere')")
    const [hours, sizes, total] = await verified()
    expect(total).toMatchObject({ code: 7, differing: 1, differences: [{ at: '{"key": "card"}' }] })
    expect(sizes).toMatchObject({ differing: 1, differences: [{ at: '{"key": "s1"}', state: 'no row in the sink' }] })
    expect(hours).toMatchObject({ differing: 1, differences: [{ state: 'a row in the sink', again: 'none' }] })
  })
})
