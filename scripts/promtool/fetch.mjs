// Prometheus' own tool, which checks the alert rules and the metrics: node scripts/promtool/fetch.mjs
//
// Promises: found on the PATH, or taken from Debian's package into .promtool of the repository, whole or not at all:
// nothing is installed, and no rights are needed. Where it cannot be had, the callers decide what to do (the reason is
// a sentence).

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const kept = join(root, '.promtool', 'promtool')

const run = (command, args, cwd = root) => spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 })

/** `{ path }`, or `{ missing }`: why there is none. */
export function promtool() {
  if (existsSync(kept)) return { path: kept }
  if (run('promtool', ['--version']).status === 0) return { path: 'promtool' }
  if (run('apt-get', ['--version']).status !== 0)
    return { missing: 'promtool is not installed, and there is no apt-get' }
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-promtool-'))
  try {
    return fromDebian(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** With the lists of packages that are there, else with fresh ones in a folder of its own. */
function fromDebian(folder) {
  const own = ['state/lists/partial', 'cache/archives/partial']
  for (const place of own) mkdirSync(join(folder, place), { recursive: true })
  const places = [`Dir::State=${folder}/state`, `Dir::Cache=${folder}/cache`, 'Dir::State::status=/var/lib/dpkg/status']
  const lists = places.flatMap(place => ['-o', place])
  if (run('apt-get', ['download', 'prometheus'], folder).status !== 0) {
    run('apt-get', [...lists, 'update'], folder)
    const { status, stderr } = run('apt-get', [...lists, 'download', 'prometheus'], folder)
    if (status !== 0) return { missing: `promtool could not be fetched: ${stderr.trim().split('\n')[0]}` }
  }
  const packed = readdirSync(folder).find(name => name.endsWith('.deb'))
  const { status, stderr } = run('dpkg-deb', ['-x', packed ?? '', join(folder, 'package')], folder)
  if (status !== 0) return { missing: `promtool could not be unpacked: ${stderr.trim().split('\n')[0]}` }
  mkdirSync(dirname(kept), { recursive: true })
  const partial = `${kept}.${process.pid}.partial`
  copyFileSync(join(folder, 'package/usr/bin/promtool'), partial)
  renameSync(partial, kept)
  return { path: kept }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { path, missing } = promtool()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exitCode = 1
  } else process.stdout.write(`promtool is ${path}\n`)
}
