// A real PgBouncer in transaction mode before a server, for tests.

import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { freePort, serverUser, type TestPostgres } from '../../../scripts/postgres/server.ts'

const root = join(import.meta.dirname, '../../../.postgres')
const program = join(root, 'usr/sbin/pgbouncer')
const libraries = join(root, 'usr/lib/x86_64-linux-gnu')

/** Whether there is a PgBouncer to test with; says loudly where there is none. */
export function hasPooler(): boolean {
  const found = existsSync(program)
  if (!found) console.warn('SKIPPED: no PgBouncer: npm run postgres:fetch')
  return found
}

export class TestPooler {
  readonly #folder: string
  readonly #child: ChildProcess
  readonly url: string

  private constructor(folder: string, child: ChildProcess, url: string) {
    this.#folder = folder
    this.#child = child
    this.url = url
  }

  static async start(server: TestPostgres): Promise<TestPooler> {
    const folder = mkdtempSync(join(tmpdir(), 'lyrebird-pgbouncer-'))
    const port = await freePort()
    const lines = [
      '[databases]',
      `postgres = host=127.0.0.1 port=${server.port} dbname=postgres user=postgres`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 2',
      'unix_socket_dir =',
    ]
    if (serverUser !== null) chownSync(folder, serverUser.uid, serverUser.gid)
    const env = { ...process.env, LD_LIBRARY_PATH: libraries }
    writeFileSync(join(folder, 'pgbouncer.ini'), `${lines.join('\n')}\n`)
    const child = spawn(program, [join(folder, 'pgbouncer.ini')], { ...serverUser, env, stdio: 'ignore', cwd: folder })
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    for (let tries = 0; ; tries++) {
      const sql = postgres(url, { max: 1, prepare: false, fetch_types: false, connect_timeout: 5 })
      const failure = await sql.unsafe('SELECT 1').then(
        () => null,
        (error: Error) => error,
      )
      await sql.end({ timeout: 1 })
      if (failure === null) return new TestPooler(folder, child, url)
      if (tries > 100 || child.exitCode !== null) throw failure
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
