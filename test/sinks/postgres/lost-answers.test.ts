// Connections that end around a commit, so that its outcome is not known, and a server without room.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, TestPostgres } from '../../../scripts/postgres/server.ts'
import { testFolder } from '../../run/support/folder.ts'
import { embeddedLog } from '../../run/support/logs.ts'
import { says, start } from '../../support/child.ts'
import { appendPart, feeding, half, parts, rowsInState, rowsInTable, VIEWS } from './feeding.ts'

const LIMIT_MS = 120_000

/** A way to a server that is cut around every third commit: before the server hears of it, or before the answer. */
class CutWay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #commits = 0
  cuts = 0

  private constructor(target: number, when: 'before' | 'after') {
    this.#server = createServer(client => {
      const server = connect(target, '127.0.0.1')
      let isCut = false
      const end = (): void => {
        client.destroy()
        server.destroy()
      }
      for (const socket of [client, server]) {
        this.#sockets.add(socket)
        socket.on('error', end)
        socket.on('close', end)
      }
      client.on('data', data => {
        if (data.includes('COMMIT') && ++this.#commits % 3 === 0) {
          this.cuts++
          if (when === 'before') return end()
          isCut = true
        }
        server.write(data)
      })
      // The answer tells that the server has done it.
      server.on('data', data => (isCut ? end() : client.write(data)))
    })
  }

  static async open(target: number, when: 'before' | 'after'): Promise<CutWay> {
    const way = new CutWay(target, when)
    await new Promise<void>(resolve => way.#server.listen(0, '127.0.0.1', resolve))
    return way
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

describe.skipIf(!hasPostgres())('a commit whose outcome is not known', () => {
  let server: TestPostgres
  let path: string
  beforeAll(async () => {
    server = await TestPostgres.start()
    path = feeding()
  })
  afterAll(() => server.stop())

  it.each(['before', 'after'] as const)('is found out where the way ends %s it', { timeout: LIMIT_MS }, async when => {
    const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
    await embeddedLog(log, half)
    await server.query(`DROP TABLE IF EXISTS ${VIEWS.join(', ')}, lyrebird_sinks CASCADE`)
    const way = await CutWay.open(server.port, when)
    try {
      const url = server.url('postgres', 'postgres', way.port)
      const child = start(path, [log, state, url, ''])
      await says(child, line => line === 'live')
      for (const records of parts) {
        await appendPart(log, records)
        await says(child, line => line.startsWith('committed'))
      }
      // A sink that lags takes several commits at once.
      while (way.cuts < 2) {
        await appendPart(log, half)
        await says(child, line => line.startsWith('committed'))
      }
      child.kill('SIGTERM')
      expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
      expect(await start(path, [log, state, url, 'end']).ended).toMatchObject({ code: 0, stderr: '' })
    } finally {
      await way.close()
    }
    for (const view of VIEWS) expect(await rowsInTable(server, view)).toEqual(rowsInState(state, view))
  })
})

/** Mounts a file system of its own. */
function mount(folder: string, megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
}

/** Whether this user may mount; says loudly where not. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-mount-'))
  try {
    mount(folder, 1)
    execFileSync('umount', [folder])
    return true
  } catch {
    console.warn('SKIPPED: a server without room: no file system can be mounted here')
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it.skipIf(!hasPostgres() || !canMount())('a server without room is waited for', { timeout: LIMIT_MS }, async () => {
  const disk = testFolder()
  mount(disk, 80)
  const server = await TestPostgres.start(['max_wal_size = 32MB', 'min_wal_size = 32MB'])
  try {
    const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
    await embeddedLog(log, half)
    const space = join(disk, 'space')
    mkdirSync(space)
    server.give(space)
    await server.query(`CREATE TABLESPACE small LOCATION '${space}'`)
    await server.query('ALTER DATABASE postgres SET default_tablespace = small')
    writeFileSync(join(disk, 'filler'), Buffer.alloc(1 << 20))
    execFileSync('bash', ['-c', `cat /dev/zero > ${join(disk, 'filler')} || true`], { stdio: 'pipe' })
    const child = start(feeding(), [log, state, server.url(), ''])
    expect(await says(child, line => line === 'away')).toBe(true)
    for (const records of parts) await appendPart(log, records)
    expect(await says(child, line => line.startsWith('committed'))).toBe(true)
    rmSync(join(disk, 'filler'))
    expect(await says(child, line => line === 'there')).toBe(true)
    child.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await start(feeding(), [log, state, server.url(), 'end']).ended).toMatchObject({ code: 0, stderr: '' })
    for (const view of VIEWS) expect(await rowsInTable(server, view)).toEqual(rowsInState(state, view))
  } finally {
    await server.stop()
    execFileSync('umount', ['-l', disk])
  }
})
