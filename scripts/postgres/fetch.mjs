// Fetches Postgres 15 and PgBouncer for the tests from Debian's packages: node scripts/postgres/fetch.mjs
//
// Promises: needs no root and installs nothing: packages are unpacked into .postgres. A server that the system has
// already is used as it is. Ends with an error where there is no apt-get, or the packages cannot be had.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const target = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.postgres')
const system = '/usr/lib/postgresql'
const hasServer = existsSync(system) && readdirSync(system).some(v => existsSync(join(system, v, 'bin/initdb')))

const wanted = [
  ...(hasServer || existsSync(join(target, 'usr/lib/postgresql')) ? [] : ['postgresql-15', 'libpq5']),
  ...(existsSync(join(target, 'usr/sbin/pgbouncer')) ? [] : ['pgbouncer', 'libc-ares2', 'libevent-2.1-7']),
]
if (wanted.length > 0) {
  const packages = join(target, 'packages')
  rmSync(packages, { recursive: true, force: true })
  mkdirSync(packages, { recursive: true })
  execFileSync('apt-get', ['download', ...wanted], { cwd: packages, stdio: ['ignore', 'ignore', 'inherit'] })
  for (const file of readdirSync(packages)) execFileSync('dpkg', ['-x', join(packages, file), target])
  rmSync(packages, { recursive: true })
}
console.log(`Postgres: ${hasServer ? 'that of the system' : 'in .postgres'}; PgBouncer in .postgres`)
