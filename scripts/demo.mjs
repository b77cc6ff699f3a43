// The first command of the README: installs, builds, and runs the first example by batch, by stream, and through
// `verify`.
//
//   npm run demo
//
// Promises: prints each command that it runs, so that a reader can type the same; works on a fresh clone; needs no
// broker.

import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function step(shown, command, args, lines = Number.POSITIVE_INFINITY) {
  console.log(`\n$ ${shown}`)
  const quiet = lines !== Number.POSITIVE_INFINITY
  const stdio = ['ignore', quiet ? 'pipe' : 'inherit', 'inherit']
  const result = spawnSync(command, args, { cwd: root, stdio, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (quiet) console.log(shorten(result.stdout, lines))
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function shorten(text, count) {
  const lines = text.trimEnd().split('\n')
  return lines.length <= count
    ? lines.join('\n')
    : [...lines.slice(0, count), `... ${lines.length - count} more`].join('\n')
}

const lyrebird = (line, lines) =>
  step(`npx lyrebird ${line}`, process.execPath, [join(root, 'bin', 'lyrebird.mjs'), ...line.split(' ')], lines)

if (!existsSync(join(root, 'node_modules', '.bin', 'tsc')))
  step('npm ci --ignore-scripts', 'npm', ['ci', '--ignore-scripts'])
if (!existsSync(join(root, 'build', 'cli', 'main.js'))) step('npm run build', process.execPath, ['scripts/build.mjs'])
rmSync(join(root, '.lyrebird', 'demo'), { recursive: true, force: true })

const example = 'examples/page-views'
const log = `--log ${example}/log`
lyrebird(`batch ${example}/job.ts ${log} --state .lyrebird/demo/batch`)
lyrebird('query traffic --state .lyrebird/demo/batch', 5)
lyrebird(`stream ${example}/job.ts ${log} --state .lyrebird/demo/stream --until end`)
lyrebird('query traffic --state .lyrebird/demo/stream', 5)
lyrebird(`verify ${example}/job.ts ${log}`)
