// Prometheus' own tool, which checks the alert rules and the metrics: node scripts/promtool/fetch.mjs
//
// Promises: found on the PATH, or taken from Debian's package into .promtool of the repository, whole or not at all:
// nothing is installed, and no rights are needed. Where it cannot be had, the callers decide what to do (the reason is
// a sentence).

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { unpackPackages } from '../debian.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const kept = join(root, '.promtool', 'promtool')

/** `{ path }`, or `{ missing }`: why there is none. */
export function promtool() {
  if (existsSync(kept)) return { path: kept }
  if (spawnSync('promtool', ['--version']).status === 0) return { path: 'promtool' }
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-promtool-'))
  try {
    const reason = unpackPackages(['prometheus'], folder)
    if (reason !== null) return { missing: `promtool is not installed, and ${reason}` }
    mkdirSync(dirname(kept), { recursive: true })
    const partial = `${kept}.${process.pid}.partial`
    copyFileSync(join(folder, 'usr/bin/promtool'), partial)
    renameSync(partial, kept)
    return { path: kept }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { path, missing } = promtool()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    process.exitCode = 1
  } else process.stdout.write(`promtool is ${path}\n`)
}
