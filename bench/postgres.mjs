// One command that measures rows on their way to Postgres: filling a table, changing it, and how long a record takes.
//
//   DATABASE_URL=postgres://... npm run bench:postgres [-- --rows 1000000 --rate 5000 --seconds 20]
//
// Promises: whole processes of the compiled artefact over an embedded log; the same commands with and without a sink,
// side by side. Latency is from before an append until a reader of the table sees the row, in steps of 2 ms, for each
// record. The tables `bench_rows` and `lyrebird_sinks` of the database are dropped.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { openTopic } from '../build/logs/writer/index.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
  },
})
const [rows, rate, seconds] = [values.rows, values.rate, values.seconds].map(Number)
const url = process.env.DATABASE_URL
if (url === undefined) {
  process.stderr.write('usage: DATABASE_URL=postgres://USER@HOST:5432/DATABASE npm run bench:postgres\n')
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-bench-postgres-'))
const sql = postgres(url, { max: 1, onnotice: () => {} })
const inFolder = name => join(folder, name)

const CONFIG = `import { env, postgres } from 'lyrebird/sinks'
export default { sinks: { rows: postgres({ url: env('DATABASE_URL'), table: 'bench_rows' }) } }
`
const JOB = `import { job, max, source, sum } from 'lyrebird'
interface Event { k: string; n: number; t: number }
const events = source<Event>('events', { time: e => e.t })
export default job('bench', { rows: events.keyBy(e => e.k).aggregate({ n: sum(e => e.n), t: max(e => e.t) }) })
`

function lyrebird(args, cwd) {
  const ended = spawnSync(process.execPath, [join(root, 'bin/lyrebird.mjs'), ...args], { cwd, encoding: 'utf8' })
  if (ended.status !== 0) throw new Error(ended.stderr)
}

/** Seconds of a run of an artefact. */
function timed(artefact, target, state) {
  const begun = performance.now()
  const args = [join(artefact, `${target}.mjs`), '--log', inFolder('log'), '--state', inFolder(state), '--until', 'end']
  const ended = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (ended.status !== 0) throw new Error(ended.stderr)
  return (performance.now() - begun) / 1000
}

async function append(writer, from, to, keys) {
  const PIECE = 10_000
  for (let at = from; at < to; at += PIECE) {
    const count = Math.min(PIECE, to - at)
    const value = i => ({ k: `user ${(at + i) % keys}`, n: i, t: 1_700_000_000_000 + at + i })
    await writer.append(Array.from({ length: count }, (_, i) => ({ value: value(i) })))
  }
}

const perSecond = (count, s) => `${Math.round(count / s).toLocaleString('en')}/s`

try {
  await sql.unsafe('DROP TABLE IF EXISTS bench_rows, lyrebird_sinks CASCADE')
  for (const [name, config] of [
    ['with', CONFIG],
    ['without', 'export default {}'],
  ]) {
    mkdirSync(inFolder(name))
    writeFileSync(join(inFolder(name), 'package.json'), '{"type":"module"}')
    writeFileSync(join(inFolder(name), 'lyrebird.config.ts'), config)
    writeFileSync(join(inFolder(name), 'job.ts'), JOB)
    lyrebird(['compile', 'job.ts', '--out', 'dist'], inFolder(name))
  }
  const dist = name => join(inFolder(name), 'dist')
  const writer = await openTopic('events', { log: inFolder('log'), partitions: 4 })

  await append(writer, 0, rows, rows)
  const bare = timed(dist('without'), 'batch', 'bare')
  const filled = timed(dist('with'), 'batch', 'state')
  process.stdout.write(
    `first fill, ${rows} rows: batch ${bare.toFixed(1)} s, with the table ${filled.toFixed(1)} s (${(filled / bare).toFixed(1)}x): ${perSecond(rows, filled - bare)} beside it\n`,
  )

  const changed = Math.floor(rows / 4)
  await append(writer, rows, rows + changed, changed)
  const still = timed(dist('without'), 'stream', 'bare')
  const moved = timed(dist('with'), 'stream', 'state')
  process.stdout.write(
    `${changed} changed rows: stream ${still.toFixed(1)} s, with the table ${moved.toFixed(1)} s: ${perSecond(changed, moved - still)} beside it\n`,
  )

  await writer.close()
  await sql.unsafe('DROP TABLE bench_rows, lyrebird_sinks CASCADE')
  await latency(dist('with'))
} finally {
  await sql.end()
  rmSync(folder, { recursive: true, force: true })
}

/** Records at a rate to a live run; each has a number, and the table shows the greatest one. */
async function latency(artefact) {
  const writer = await openTopic('events', { log: inFolder('live'), partitions: 4 })
  await writer.append([{ value: { k: 'live', n: 1, t: 1 } }])
  const args = ['--log', inFolder('live'), '--state', inFolder('fresh'), '--commit-interval', '20ms']
  const child = spawn(process.execPath, [join(artefact, 'run.mjs'), ...args], {
    stdio: 'ignore',
  })
  const [sent, took] = [[], []]
  await sleep(3000)
  let seen = 0
  let ended = false
  const base = 1_800_000_000_000
  const reading = (async () => {
    while (!ended || seen < sent.length) {
      const [row] = await sql.unsafe(`SELECT max(t) AS t FROM bench_rows`)
      const [most, now] = [Math.max(0, Number(row.t) - base), performance.now()]
      for (; seen < most; seen++) took.push(now - sent[seen])
      await sleep(2)
    }
  })()
  const PIECES = 100
  const begun = performance.now()
  for (let piece = 0; piece < seconds * PIECES; piece++) {
    const records = Array.from({ length: rate / PIECES }, () => {
      sent.push(performance.now())
      return { value: { k: `live ${sent.length % 1000}`, n: 1, t: base + sent.length } }
    })
    await writer.append(records)
    const wait = begun + ((piece + 1) * 1000) / PIECES - performance.now()
    if (wait > 0) await sleep(wait)
  }
  ended = true
  await reading
  child.kill('SIGTERM')
  await new Promise(resolve => child.once('exit', resolve))
  await writer.close()
  // The first seconds fill caches.
  const sorted = took.slice(rate * 3).sort((a, b) => a - b)
  const at = share => sorted[Math.floor(sorted.length * share)].toFixed(0)
  process.stdout.write(
    `append to row visible at ${rate} records/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${took.length} records)\n`,
  )
}
