// Mistakes of people: addresses, passwords, certificates, rights, tables of somebody else. Each is told with its
// remedy, nothing is half done, and no text holds the password.

import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLyrebirdError } from '../../../core/errors.ts'
import type { RowSink, SinkView } from '../../../core/sink/row-sink.ts'
import { hasPostgres, TestPostgres } from '../../../scripts/postgres/server.ts'
import { env, type PostgresOptions, postgres } from '../../../sinks/rows/index.ts'

const PASSWORD = 'canary-7d1f'

const document = (kind: 'string' | 'number' | 'bigint') => ({ root: { kind }, defs: {} }) as const
const VIEW: SinkView = { name: 'traffic', key: document('string'), value: document('number'), windows: 'none' }

/** What taking hold of a table ends in: `code message | hint`, or `ok`. */
async function asked(options: PostgresOptions, view: SinkView = VIEW): Promise<string> {
  let sink: RowSink | null = null
  try {
    sink = postgres(options).open({ view, state: 'state-a', epoch: 1, takesOver: false })
    await sink.position()
    return 'ok'
  } catch (error) {
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).cause)
    expect(text).not.toContain(PASSWORD)
    return isLyrebirdError(error)
      ? `${error.code} ${error.message} | ${error.hint}`
      : `away ${(error as Error).message}`
  } finally {
    await sink?.close()
  }
}

describe('an address', () => {
  it.each([
    ['no address', 'localhost:5432', /^usage url is no address of a Postgres server \| it begins with postgres:\/\//],
    [
      'an unknown sslmode',
      'postgres://u@h/d?sslmode=maybe',
      /^usage url has an unknown sslmode \| write sslmode=disable/,
    ],
    [
      'a certificate that is not there',
      'postgres://u@h/d?sslmode=verify-full&sslrootcert=/no',
      /^usage sslrootcert cannot/,
    ],
    [
      'a server that is not there',
      `postgres://u:${PASSWORD}@127.0.0.1:1/d`,
      /^away Postgres, for table t: connect ECONNREFUSED/,
    ],
    [
      'a host that is not there',
      `postgres://u:${PASSWORD}@nowhere.invalid/d`,
      /^away Postgres, for table t: getaddrinfo/,
    ],
  ])('%s', async (_, url, wanted) => {
    expect(await asked({ url, table: 't' })).toMatch(wanted)
  })

  it('from a variable that is not set', async () => {
    expect(await asked({ url: env('NO_SUCH_URL'), table: 't' })).toMatch(
      /^usage the variable NO_SUCH_URL is not set \| NO_SUCH_URL=postgres:\/\//,
    )
  })
})

describe('options of postgres()', () => {
  it.each([
    [{ url: 'postgres://h/d' }, /postgres\(\) lacks table/],
    [{ table: 't' }, /postgres\(\) lacks url/],
    [{ url: 'postgres://h/d', table: 't', schema: 's' }, /postgres\(\) has no option schema/],
    [{ url: 'postgres://h/d', table: 'a.b.c' }, /is no name of a table/],
    [{ url: 'postgres://h/d', table: 'x'.repeat(60) }, /is no name of a table/],
  ])('%j', (options, wanted) => {
    expect(() => postgres(options as PostgresOptions)).toThrow(wanted)
  })
})

describe.skipIf(!hasPostgres())('a real server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-tls-'))
  const certificate = join(folder, 'server.crt')
  let server: TestPostgres
  beforeAll(async () => {
    const key = join(folder, 'server.key')
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate]
    execFileSync('openssl', [...made, ...subject], { stdio: 'pipe' })
    server = await TestPostgres.start(['ssl = off'])
    const data = join(server.folder, 'data')
    const { uid, gid } = statSync(data)
    for (const [name, text] of Object.entries(server.filesFor(key, certificate))) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      chownSync(join(data, name), uid, gid)
    }
    await server.query(`CREATE ROLE app LOGIN PASSWORD '${PASSWORD}'`)
    await server.query('CREATE DATABASE shop OWNER app')
    await server.query('CREATE ROLE reader LOGIN')
    await server.end()
    server.set(['ssl = on'])
    await server.begin()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const app = (more = '', password = PASSWORD, host = '127.0.0.1'): string =>
    `postgres://app:${password}@${host}:${server.port}/shop${more}`

  it('takes the right password, and tells the wrong one', async () => {
    expect(await asked({ url: app(), table: 'right' })).toBe('ok')
    expect(await asked({ url: app('', 'wrong'), table: 'right' })).toMatch(
      /^sink-auth Postgres refuses the login for table right: password authentication failed for user "app" \| correct user/,
    )
    process.env.TEST_URL = app()
    expect(await asked({ url: env('TEST_URL'), table: 'right' })).toBe('ok')
    delete process.env.TEST_URL
  })

  it('speaks TLS as sslmode says', async () => {
    for (const mode of ['disable', 'prefer', 'require']) {
      expect(await asked({ url: app(`?sslmode=${mode}`), table: 'tls' }), mode).toBe('ok')
    }
    const full = (more: string): string => app(`?sslmode=verify-full${more}`, PASSWORD, 'localhost')
    expect(await asked({ url: full(''), table: 'tls' })).toMatch(
      /^sink-auth Postgres, for table tls, is not who it must be: .*self-signed.* \| name the authority/i,
    )
    expect(await asked({ url: full(`&sslrootcert=${certificate}`), table: 'tls' })).toBe('ok')
    const other = app(`?sslmode=verify-full&sslrootcert=${certificate}`)
    expect(await asked({ url: other, table: 'tls' })).toMatch(/^sink-auth .*is not who it must be: Hostname\/IP/)
    const authority = app(`?sslmode=verify-ca&sslrootcert=${certificate}`)
    expect(await asked({ url: authority, table: 'tls' })).toBe('ok')
    const [row] = await server.query("SELECT count(*)::int AS n FROM pg_class WHERE relname = 'tls'", 'shop')
    expect(row?.n).toBe(1)
  })

  it('names what the user lacks', async () => {
    const url = `postgres://reader@127.0.0.1:${server.port}/shop`
    expect(await asked({ url, table: 'denied' })).toMatch(
      /^sink-refused Postgres refuses what table denied needs: permission denied for schema public \| grant the user/,
    )
    expect(await asked({ url: `postgres://reader@127.0.0.1:${server.port}/none`, table: 't' })).toMatch(
      /^sink-refused Postgres has no place for table t: database "none" does not exist \| make the database/,
    )
    expect(await asked({ url: app(), table: 'missing.t' })).toMatch(
      /^sink-refused Postgres has no place for table missing.t: schema "missing" does not exist \| make the schema/,
    )
  })

  it('keeps tables of somebody else', async () => {
    await server.query(
      'CREATE TABLE theirs (row_key bytea PRIMARY KEY, key text, value double precision, row_error jsonb)',
      'shop',
    )
    await server.query("INSERT INTO theirs VALUES ('a', 'b', 1, NULL)", 'shop')
    await server.query('ALTER TABLE theirs OWNER TO app', 'shop')
    expect(await asked({ url: app(), table: 'theirs' })).toMatch(
      /^sink-owned table theirs has rows that lyrebird did not write \| bind the view to another table/,
    )
    expect(await server.query('SELECT count(*)::int AS n FROM theirs', 'shop')).toEqual([{ n: 1 }])
    await server.query('DELETE FROM theirs', 'shop')
    expect(await asked({ url: app(), table: 'theirs' })).toBe('ok')
  })

  it('tells columns that do not fit, and keeps those of the user', async () => {
    expect(await asked({ url: app(), table: 'mine' })).toBe('ok')
    expect(await asked({ url: app(), table: 'mine' }, { ...VIEW, value: document('bigint') })).toMatch(
      /^sink-refused table mine does not fit view traffic: column value is double precision, not numeric \| bind/,
    )
    await server.query('ALTER TABLE mine ADD COLUMN note text, ADD COLUMN made timestamptz DEFAULT now()', 'shop')
    expect(await asked({ url: app(), table: 'mine' })).toBe('ok')
    await server.query('ALTER TABLE mine ADD COLUMN needed text NOT NULL', 'shop')
    expect(await asked({ url: app(), table: 'mine' })).toMatch(/column needed has no default and takes no NULL/)
    await server.query('ALTER TABLE mine DROP COLUMN needed, DROP COLUMN value', 'shop')
    expect(await asked({ url: app(), table: 'mine' })).toMatch(/it has no column value \(double precision\)/)
  })

  it('has no columns for what Postgres cannot name', async () => {
    const field = (name: string): SinkView => ({
      ...VIEW,
      value: { root: { kind: 'object', fields: [{ name, schema: { kind: 'number' }, optional: false }] }, defs: {} },
    })
    for (const name of ['', 'x'.repeat(64), 'a\0b', '\ud800']) {
      expect(await asked({ url: app(), table: 'names' }, field(name))).toMatch(
        /^sink-refused view traffic has a field that cannot be a column of its own in Postgres: .* \| give it another name/,
      )
    }
    for (const name of ['select', 'A "b"', 'ключ', 'row_key', 'key', '__proto__']) {
      expect(await asked({ url: app(), table: `names_${name.length}` }, field(name)), name).toBe('ok')
      await server.query(`DROP TABLE names_${name.length}`, 'shop')
    }
  })
})
