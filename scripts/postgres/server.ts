// A real Postgres server for tests and the demo, in a folder of its own.
//
// Promises: everything that was started is ended; a server that is killed is killed with all its children, and waited
// for before it starts again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { repositoryRoot } from '../kafka/jars.ts'

/** Where Debian's packages put the programs, and where `scripts/postgres/run.mjs` fetches them to. */
const PLACES = ['/usr/lib/postgresql', join(repositoryRoot(), '.postgres/usr/lib/postgresql')]

const programs = PLACES.flatMap(place =>
  existsSync(place) ? readdirSync(place).map(version => join(place, version, 'bin')) : [],
).find(folder => existsSync(join(folder, 'initdb')))

/** Whether there is a server to test with; says loudly where there is none. */
export function hasPostgres(): boolean {
  if (programs === undefined) console.warn('SKIPPED: no Postgres: npm run postgres:fetch')
  return programs !== undefined
}

/** Postgres refuses to run as root: it then runs as its own user, or as nobody. */
export const serverUser = process.getuid?.() === 0 ? (idOf('postgres') ?? idOf('nobody')) : null

function idOf(name: string): { readonly uid: number; readonly gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(l => l.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) }
}

export class TestPostgres {
  readonly folder: string
  readonly port: number
  #process: ChildProcess | null = null

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
  }

  /** `settings`: lines of postgresql.conf. */
  static async start(settings: readonly string[] = []): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'lyrebird-postgres-'))
    if (serverUser !== null) chownSync(folder, serverUser.uid, serverUser.gid)
    const data = join(folder, 'data')
    const options = ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C']
    execFileSync(join(programs as string, 'initdb'), options, { ...serverUser, stdio: 'pipe', cwd: folder })
    const server = new TestPostgres(folder, await freePort())
    const own = [`port = ${server.port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`]
    appendFileSync(join(data, 'postgresql.conf'), `${[...own, 'max_connections = 50', ...settings].join('\n')}\n`)
    await server.begin()
    return server
  }

  url(database = 'postgres', who = 'postgres', port = this.port): string {
    return `postgres://${who}@127.0.0.1:${port}/${database}`
  }

  get pid(): number {
    return this.#process?.pid as number
  }

  async begin(): Promise<void> {
    const child = spawn(join(programs as string, 'postgres'), ['-D', join(this.folder, 'data')], {
      ...serverUser,
      stdio: 'ignore',
      cwd: this.folder,
    })
    this.#process = child
    for (let tries = 0; ; tries++) {
      const found = await this.query('SELECT 1').catch(error => error as Error)
      if (!(found instanceof Error)) return
      if (tries > 200 || child.exitCode !== null) throw found
      await sleep(50)
    }
  }

  /** Kills the server with all its children, and waits until they are gone. */
  async kill(): Promise<void> {
    const pids = [this.pid, ...childrenOf(this.pid)]
    for (const pid of pids) signal(pid, 'SIGKILL')
    while (pids.some(isAlive)) await sleep(20)
    this.#process = null
  }

  pause(): void {
    for (const pid of [this.pid, ...childrenOf(this.pid)]) signal(pid, 'SIGSTOP')
  }

  resume(): void {
    for (const pid of [this.pid, ...childrenOf(this.pid)]) signal(pid, 'SIGCONT')
  }

  /** Ends the server in order; its data stay. */
  async end(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGINT')
    await ended
  }

  /** Puts a copy of the data in the place of the data; the server has ended. */
  restore(backup: string): void {
    const data = join(this.folder, 'data')
    rmSync(data, { recursive: true })
    cpSync(backup, data, { recursive: true })
    execFileSync('chmod', ['-R', 'go-rwx', data])
    if (serverUser !== null) execFileSync('chown', ['-R', `${serverUser.uid}:${serverUser.gid}`, data])
  }

  async stop(): Promise<void> {
    if (this.#process !== null) this.resume()
    await this.end()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Makes a folder the server's own. */
  give(folder: string): void {
    if (serverUser !== null) chownSync(folder, serverUser.uid, serverUser.gid)
    execFileSync('chmod', ['o+x', dirname(folder), dirname(dirname(folder))])
  }

  /** Further lines of postgresql.conf, for the next start. */
  set(settings: readonly string[]): void {
    appendFileSync(join(this.folder, 'data/postgresql.conf'), `${settings.join('\n')}\n`)
  }

  /** Files of the data folder for TLS, and for a user `app` that needs a password. */
  filesFor(key: string, certificate: string): Readonly<Record<string, string>> {
    const rules = [
      'host all app 127.0.0.1/32 scram-sha-256',
      'host all app ::1/128 scram-sha-256',
      'host all all all trust',
    ]
    return {
      'server.key': readFileSync(key, 'utf8'),
      'server.crt': readFileSync(certificate, 'utf8'),
      'pg_hba.conf': `${[...rules, 'local all all trust'].join('\n')}\n`,
    }
  }

  /** Rows of one statement, on a connection of its own. */
  async query(text: string, database = 'postgres'): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const options = { max: 1, connect_timeout: 5, onnotice: () => {}, fetch_types: false, prepare: false }
    const sql = postgres(this.url(database), options)
    try {
      return [...(await sql.unsafe(text))]
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

/** A process that has ended and was not waited for by its parent yet does not count. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
