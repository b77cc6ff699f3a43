// Runs a TypeScript script of this folder: node scripts/kafka/run.mjs fetch | demo
//
// Promises: one bundle of the repository's code under .kafka/build, made for each run and removed after it; packages
// are imported from node_modules. Why not node itself: Node 20 does not strip types.

import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  process.stderr.write('usage: node scripts/kafka/run.mjs fetch | demo\n')
  process.exit(2)
}

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const out = join(root, '.kafka', 'build', `${name}.${process.pid}.mjs`)

process.chdir(root)
mkdirSync(dirname(out), { recursive: true })
process.on('exit', () => rmSync(out, { force: true }))
await build({
  entryPoints: [join(here, `${name}.ts`)],
  outfile: out,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
})
process.argv.splice(1, process.argv.length, out, ...rest)
await import(pathToFileURL(out).href)
