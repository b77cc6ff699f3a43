// Fetches Postgres 15 and PgBouncer for the tests from Debian's packages: node scripts/postgres/fetch.mjs
//
// Promises: needs no root and installs nothing: packages are unpacked into .postgres. A server that the system has
// already is used as it is. Ends with an error where there is no apt-get, or the packages cannot be had.

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackPackages } from '../debian.mjs'

const target = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.postgres')
const system = '/usr/lib/postgresql'
const hasServer = existsSync(system) && readdirSync(system).some(v => existsSync(join(system, v, 'bin/initdb')))

const wanted = [
  ...(hasServer || existsSync(join(target, 'usr/lib/postgresql')) ? [] : ['postgresql-15', 'libpq5']),
  ...(existsSync(join(target, 'usr/sbin/pgbouncer')) ? [] : ['pgbouncer', 'libc-ares2', 'libevent-2.1-7']),
]
const reason = wanted.length === 0 ? null : unpackPackages(wanted, target)
if (reason !== null) {
  process.stderr.write(`Postgres and PgBouncer are not there, and ${reason}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`Postgres: ${hasServer ? 'that of the system' : 'in .postgres'}; PgBouncer in .postgres\n`)
}
