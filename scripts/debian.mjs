// Debian's packages, unpacked into a folder.
//
// Promises: nothing is installed, and no rights are needed. With the lists of packages that are there, else with fresh
// ones in a folder of its own.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const run = (command, args, cwd) => spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 })

/** Null, or why they could not be had. */
export function unpackPackages(names, target) {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-debian-'))
  try {
    return downloaded(names, folder) ?? unpacked(folder, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function downloaded(names, folder) {
  if (run('apt-get', ['--version'], folder).status !== 0) return 'there is no apt-get'
  if (run('apt-get', ['download', ...names], folder).status === 0) return null
  for (const place of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, place), { recursive: true })
  }
  const places = [`Dir::State=${folder}/state`, `Dir::Cache=${folder}/cache`, 'Dir::State::status=/var/lib/dpkg/status']
  const lists = places.flatMap(place => ['-o', place])
  run('apt-get', [...lists, 'update'], folder)
  const { status, stderr } = run('apt-get', [...lists, 'download', ...names], folder)
  return status === 0 ? null : `it could not be fetched: ${stderr.trim().split('\n')[0]}`
}

function unpacked(folder, target) {
  mkdirSync(target, { recursive: true })
  for (const name of readdirSync(folder).filter(file => file.endsWith('.deb'))) {
    const { status, stderr } = run('dpkg-deb', ['-x', join(folder, name), target], folder)
    if (status !== 0) return `it could not be unpacked: ${stderr.trim().split('\n')[0]}`
  }
  return null
}
