// A deployment with rows in a real Postgres: both die, freeze and are restored, and the rows are those of the view.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMIT_STEPS } from '../../../run/commit-steps.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { hasPostgres, TestPostgres } from '../../../scripts/postgres/server.ts'
import { testFolder } from '../../run/support/folder.ts'
import { embeddedLog } from '../../run/support/logs.ts'
import { functions } from '../../run/support/traffic.ts'
import { type Child, says, start } from '../../support/child.ts'
import { appendPart, feeding, half, parts, rowsInState, rowsInTable, SINK_POINTS, VIEWS } from './feeding.ts'

const LIMIT_MS = 120_000
/** A supervisor's patience. */
const STOP_LIMIT_MS = 10_000

describe.skipIf(!hasPostgres())('rows in Postgres', () => {
  let server: TestPostgres
  let path: string
  beforeAll(async () => {
    server = await TestPostgres.start()
    path = feeding()
  })
  afterAll(() => server.stop())

  /** A log with half of the records, and an empty database. */
  async function fresh(): Promise<{ readonly log: string; readonly state: string }> {
    const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
    await embeddedLog(log, half)
    for (const view of VIEWS) await server.query(`DROP TABLE IF EXISTS ${view} CASCADE`)
    await server.query('DROP TABLE IF EXISTS lyrebird_sinks')
    return { log, state }
  }

  const run = (log: string, state: string, ...more: string[]): Child => start(path, [log, state, server.url(), ...more])

  async function appendAll(log: string): Promise<void> {
    for (const records of parts) await appendPart(log, records)
  }

  /** Runs to the end and compares. */
  async function expectWhole(log: string, state: string, ...more: string[]): Promise<void> {
    const ended = await run(log, state, 'end', ...more).ended
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    await expectEqual(state)
  }

  async function expectEqual(state: string): Promise<void> {
    let all = 0
    for (const view of VIEWS) {
      const rows = rowsInState(state, view)
      all += rows.size
      expect(await rowsInTable(server, view)).toEqual(rows)
    }
    expect(all).toBeGreaterThan(0)
  }

  const POINTS = ['live', ...COMMIT_STEPS.map(step => `${step} 2`), ...SINK_POINTS, 'apply-rows 3', 'apply-done 3']

  it.each(POINTS)('killed at %s, the next run brings the rows that are missing', { timeout: LIMIT_MS }, async point => {
    const { log, state } = await fresh()
    const killed = run(log, state, '', point)
    if (await says(killed, line => line === 'live')) {
      for (const records of parts) {
        await appendPart(log, records)
        if (!(await says(killed, line => line.startsWith('committed')))) break
      }
      // A commit without records follows none.
      if (point.includes('fill')) await says(killed, () => false)
    }
    killed.kill('SIGKILL')
    expect((await killed.ended).signal, killed.said()).toBe('SIGKILL')
    await appendAll(log).catch(() => {})
    await expectWhole(log, state)
  })

  it('goes on committing while the server is killed, and brings the rows when it is back', {
    timeout: LIMIT_MS,
  }, async () => {
    const { log, state } = await fresh()
    const child = run(log, state, '')
    await says(child, line => line === 'live')
    await says(child, line => line.startsWith('committed'))
    await server.kill()
    for (const records of parts) {
      await appendPart(log, records)
      expect(await says(child, line => line.startsWith('committed'))).toBe(true)
    }
    await server.begin()
    expect(await says(child, line => line === 'there')).toBe(true)
    child.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
    await expectWhole(log, state)
  })

  it('goes on committing while the server is frozen, and ends in time', { timeout: LIMIT_MS }, async () => {
    const { log, state } = await fresh()
    const child = run(log, state, '')
    await says(child, line => line === 'live')
    await says(child, line => line.startsWith('committed'))
    server.pause()
    try {
      for (const records of parts.slice(0, 3)) {
        await appendPart(log, records)
        expect(await says(child, line => line.startsWith('committed'))).toBe(true)
      }
      const begun = performance.now()
      child.kill('SIGTERM')
      expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
      expect(performance.now() - begun).toBeLessThan(STOP_LIMIT_MS)
    } finally {
      server.resume()
    }
    for (const records of parts.slice(3)) await appendPart(log, records)
    await expectWhole(log, state)
  })

  it('is left by an owner that has been overtaken', { timeout: LIMIT_MS }, async () => {
    const { log, state } = await fresh()
    await expectWhole(log, state)
    // A copy of the state that has had more owners, as where a volume was cloned.
    const copy = join(testFolder(), 'copy')
    cpSync(state, copy, { recursive: true })
    for (let i = 0; i < 3; i++) await runBatch({ functions, log, state: copy })
    const old = run(log, state, '')
    await says(old, line => line === 'live')
    await appendPart(log, parts[0] as typeof half)
    await says(old, line => line.startsWith('committed'))
    const fresher = run(log, copy, '')
    await says(fresher, line => line === 'live')
    for (const records of parts.slice(1)) {
      await appendPart(log, records)
      await says(fresher, line => line.startsWith('committed'))
    }
    const { code, stderr } = await old.ended
    expect(stderr).toMatch(/^stale-owner another process writes table/)
    expect(code).toBe(6)
    fresher.kill('SIGTERM')
    expect(await fresher.ended).toMatchObject({ code: 0, stderr: '' })
    await expectWhole(log, copy)
  })

  it('fills a database anew that was restored from an older backup', { timeout: LIMIT_MS }, async () => {
    const { log, state } = await fresh()
    await expectWhole(log, state)
    await server.end()
    const backup = join(server.folder, 'backup')
    cpSync(join(server.folder, 'data'), backup, { recursive: true, preserveTimestamps: true })
    await server.begin()
    await appendAll(log)
    for (let i = 0; i < 3; i++) await expectWhole(log, state)
    await server.end()
    server.restore(backup)
    await server.begin()
    await expectWhole(log, state)
  })

  it('fills a table anew that somebody dropped or emptied', { timeout: LIMIT_MS }, async () => {
    const { log, state } = await fresh()
    await expectWhole(log, state)
    await server.query('DROP TABLE traffic CASCADE')
    await server.query('TRUNCATE recent')
    await appendAll(log)
    await expectWhole(log, state)
  })

  it('follows a state that was restored from a copy, where it is told to', { timeout: LIMIT_MS }, async () => {
    const { log, state } = await fresh()
    await expectWhole(log, state)
    const copy = join(testFolder(), 'copy')
    cpSync(state, copy, { recursive: true })
    await appendPart(log, parts[0] as typeof half)
    for (let i = 0; i < 3; i++) await expectWhole(log, state)
    rmSync(state, { recursive: true })
    cpSync(copy, state, { recursive: true })
    const refused = await run(log, state, 'end').ended
    expect(refused.code).toBe(6)
    expect(refused.stderr).toMatch(/^stale-owner/)
    await appendPart(log, parts[1] as typeof half)
    await expectWhole(log, state, '', 'republish')
    await expectWhole(log, state)
  })
})
