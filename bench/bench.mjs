// One command that measures: batch with one and two workers, stream catching up, a loop written by hand, and DuckDB
// where it is installed.
//
//   npm run bench [-- --events 1000000 --rounds 3 --seed 1]
//
// Promises: whole processes of the compiled artefact, start included, durable state written; all contestants take turns
// in one run, so that a busy machine is busy for all; the median of the rounds is shown, with the ratios to the loop by
// hand and to DuckDB on one thread. Results are compared: every contestant must find as many groups and count as many
// records. The events are made by `generate.mjs`.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from './generate.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: 'country,users,pages,sessions' },
  },
})
const events = Number(values.events)
const rounds = Number(values.rounds)
const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-bench-'))
const log = join(root, '.lyrebird', 'bench', `mixed-${events}-${values.seed}`)
const cli = join(root, 'bin', 'lyrebird.mjs')
const usageFile = join(scratch, 'usage.json')
let serial = 0

const fresh = name => join(scratch, `${name}-${serial++}`)

function mustSucceed(what, result) {
  if (result.status === 0) return result
  process.stderr.write(`${what} failed (exit ${result.status}):\n${result.stderr}\n`)
  process.exit(1)
}

/** Runs one whole process; seconds and peak memory in MB. */
function measure(name, command, args) {
  const started = process.hrtime.bigint()
  const env = { ...process.env, LYREBIRD_BENCH_USAGE: usageFile, TZ: 'UTC' }
  const result = spawnSync(command, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28 })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  mustSucceed(name, result)
  return { seconds, ...JSON.parse(readFileSync(usageFile, 'utf8')) }
}

const node = (script, ...args) => ['--import', join(here, 'usage.mjs'), script, ...args]

function tally(job, state) {
  const view = job === 'country' ? 'hourly' : job
  const result = spawnSync(process.execPath, [cli, 'query', view, '--state', state], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const lines = mustSucceed('query', result).stdout.trimEnd().split('\n')
  return { groups: lines.length, records: lines.reduce((n, line) => n + JSON.parse(line).value.count, 0) }
}

function naive(job) {
  const out = fresh('naive')
  const measured = measure('the loop by hand', process.execPath, node(join(here, 'naive.mjs'), job, log, out))
  const groups = JSON.parse(readFileSync(out, 'utf8'))
  return { ...measured, found: { groups: groups.length, records: groups.reduce((n, [, g]) => n + g.count, 0) } }
}

function artefact(job, target, ...more) {
  const state = fresh(target)
  const script = join(root, '.lyrebird', 'bench', 'dist', job, `${target}.mjs`)
  const measured = measure(
    `${target} of ${job}`,
    process.execPath,
    node(script, '--log', log, '--state', state, ...more),
  )
  const found = tally(job, state)
  rmSync(state, { recursive: true, force: true })
  return { ...measured, found }
}

function duckdb(job, threads) {
  const measured = measure('DuckDB', 'python3', [join(here, 'with_duckdb.py'), job, log, fresh('duckdb'), threads])
  const [groups, records] = measured.rows
  return { ...measured, found: { groups, records } }
}

const hasDuckdb = spawnSync('python3', ['-c', 'import duckdb']).status === 0
const contestants = {
  'loop by hand': job => naive(job),
  'batch, 1 worker': job => artefact(job, 'batch', '--workers', '1'),
  'batch, 2 workers': job => artefact(job, 'batch', '--workers', '2'),
  'stream, catching up': job => artefact(job, 'stream', '--until', 'end'),
  ...(hasDuckdb ? { 'DuckDB, 1 thread': job => duckdb(job, '1'), 'DuckDB, 2 threads': job => duckdb(job, '2') } : {}),
}

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

function race(job) {
  const runs = Object.fromEntries(Object.keys(contestants).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) runs[name].push(run(job))
  }
  const expected = JSON.stringify(runs['loop by hand'][0].found)
  const reference = median(runs['loop by hand'].map(r => r.seconds))
  console.log(`\n${job}: ${expected}`)
  const duck = hasDuckdb ? median(runs['DuckDB, 1 thread'].map(r => r.seconds)) : Number.NaN
  console.log('                          seconds   times the loop   of DuckDB    events/s     peak MB')
  for (const [name, list] of Object.entries(runs)) {
    for (const { found } of list) {
      if (JSON.stringify(found) !== expected) throw new Error(`${name} found ${JSON.stringify(found)}, not ${expected}`)
    }
    const seconds = median(list.map(r => r.seconds))
    const cells = [
      name.padEnd(24),
      seconds.toFixed(2).padStart(8),
      (reference / seconds).toFixed(2).padStart(14),
      (seconds / duck).toFixed(2).padStart(10),
      Math.round(events / seconds)
        .toLocaleString('en')
        .padStart(12),
      Math.round(Math.max(...list.map(r => r.rssMb)))
        .toString()
        .padStart(10),
    ]
    console.log(cells.join('  '))
  }
}

try {
  mkdirSync(dirname(log), { recursive: true })
  generate(log, events, 4, Number(values.seed))
  const memory = Math.round(totalmem() / 2 ** 30)
  console.log(
    `${events} events in 4 partitions, ${rounds} rounds; ${cpus().length} cores, ${memory} GB, Node ${process.version}`,
  )
  if (!hasDuckdb) console.log('DuckDB for Python is not here: its column is missing.')
  for (const job of values.jobs.split(',')) {
    const out = join(root, '.lyrebird', 'bench', 'dist', job)
    const compile = [cli, 'compile', join(here, 'jobs', `${job}.ts`), '--out', out]
    mustSucceed(`compiling ${job}`, spawnSync(process.execPath, compile, { cwd: root, encoding: 'utf8' }))
    race(job)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
