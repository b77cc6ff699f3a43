// Builds the package: TypeScript to `build/`, from scratch, so that nothing of an older source remains.
//
// Promises: `build/` is replaced as a whole at the end, so that a program that runs from it meanwhile finds its files.

import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'build')
const fresh = `${target}.fresh.${process.pid}`
const old = `${target}.old.${process.pid}`
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
if (existsSync(fresh)) {
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
}
process.exit(status ?? 1)
