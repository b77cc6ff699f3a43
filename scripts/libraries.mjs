// Tries well-known libraries in jobs: each is compiled into a small job, run in batch (with worker threads), stream and
// reference, and compared with what plain Node gives.
//
//   node scripts/libraries.mjs [--only zod,lodash] [--folder DIR] [--write]
//
// Promises: the exact versions of libraries/versions.json are installed, without install scripts, into a temporary
// folder or DIR, which is kept. Exits with 1 where a library is not as libraries/*.mjs say. `--write` writes the rows
// of docs/libraries.md. Nothing is random, so there is no seed. Needs a build.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { LIBRARIES, packagesIn, VERSIONS, versionOf } from './libraries/index.mjs'

const { values } = parseArgs({
  options: { only: { type: 'string' }, folder: { type: 'string' }, write: { type: 'boolean', default: false } },
})
const here = dirname(fileURLToPath(import.meta.url))
const only = values.only?.split(',')
const chosen = LIBRARIES.filter(([name]) => only === undefined || only.includes(name))

const COLUMNS = {
  equal: 'ok | equal to plain Node',
  refused: 'ok | refused when called',
  'library-failed': 'refused | ',
  'local-time': 'refused | ',
}

const shown = (outcome, note = '') => (outcome === 'equal' ? '' : note.replaceAll('|', '\\|'))

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'lyrebird-libraries-'))
try {
  install(chosen)
  const rows = chosen.map(tryOne)
  const wrong = rows.filter(row => !row.right)
  console.log(`${rows.length - wrong.length} of ${rows.length} libraries are as expected`)
  if (values.write) write(rows)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true, force: true })
}

/** What a text imports, with declarations where these are apart. */
function neededBy(code) {
  const names = packagesIn(code)
  const types = names.map(name => `@types/${name.replace('@', '').replace('/', '__')}`)
  return [...names, ...types.filter(name => VERSIONS[name] !== undefined)]
}

function install(entries) {
  mkdirSync(folder, { recursive: true })
  const names = [...new Set(entries.flatMap(([, code]) => neededBy(code)))]
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  // All at once: `--no-save` takes away what an earlier call installed.
  if (names.every(installed)) return
  const exact = names.map(name => `${name}@${VERSIONS[name]}`)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--legacy-peer-deps', ...exact]
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`)
}

function installed(name) {
  const path = join(folder, 'node_modules', name, 'package.json')
  return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version === VERSIONS[name]
}

/** What came of a library: compiled, run, and equal to plain Node or refused as expected. */
function tryOne([name, code, expected = 'equal'], index) {
  const work = join(folder, `try-${index}`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  writeFileSync(join(work, 'use.ts'), `${code}\n`)
  const args = [join(here, 'libraries/try-library.mjs'), work]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
  const last = stdout.trim().split('\n').at(-1)
  const found = last?.startsWith('{') ? JSON.parse(last) : { outcome: 'crashed', note: stderr.trim().slice(0, 400) }
  const right = found.outcome === expected
  console.log(`${right ? 'ok   ' : 'WRONG'} ${name}: ${found.outcome} ${found.note ?? ''}`)
  return { name, version: versionOf(name, code), right, ...found }
}

/** Rows of libraries that were not tried stay as they are. */
function write(rows) {
  const path = join(here, '../docs/libraries.md')
  const text = readFileSync(path, 'utf8')
  const [head, table = ''] = text.split('\n## Tried\n')
  const known = new Map([...table.matchAll(/^\| (\S[^|]*?) \| .*$/gm)].map(([line, name]) => [name, line]))
  const listed = new Set(LIBRARIES.map(([name]) => name))
  for (const name of known.keys()) if (!listed.has(name)) known.delete(name)
  for (const { name, version, outcome, note } of rows) {
    if (COLUMNS[outcome] === undefined) continue
    known.set(name, `| ${name} | ${version} | ${COLUMNS[outcome]} | ${shown(outcome, note)} |`)
  }
  const lines = [...known].toSorted(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).map(([, line]) => line)
  const said = [
    '`node scripts/libraries.mjs --write` writes this table: each library in a small job that is run in batch with worker',
    'threads, in stream and in the reference, and compared with what plain Node gives. `scripts/libraries` has the jobs.',
  ].join(' ')
  const titles = '| library | version | check | batch and stream | note |\n|---|---|---|---|---|'
  writeFileSync(path, `${head}\n## Tried\n\n${said}\n\n${titles}\n${lines.join('\n')}\n`)
}
