// One command that measures states of many keys: how they are made, what they take, and what a changed key costs then.
//
//   npm run bench:state [-- --keys 100000,1000000,10000000 --changed 10000]
//
// Promises: whole processes of the compiled artefact; one record a key, in no order; then a stream goes on with records
// of `--changed` random keys, twice: the first time what it reads of the state is not yet in the memory of the system.
// Bytes of keys and values are those of the rows alone.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '100000,1000000,10000000' },
    changed: { type: 'string', default: '10000' },
  },
})
const changed = Number(values.changed)
const PARTITIONS = 4
const PIECE = 20_000
const START = 1_700_000_000_000
/** A text, a count, and a sum that one double holds. */
const ROW_BYTES = 2 + 8 + 9

const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-large-state-'))
const artefact = join(scratch, 'dist')
const usage = join(scratch, 'usage.json')
const usageHook = new URL('usage.mjs', import.meta.url).href

function run(what, args) {
  const started = process.hrtime.bigint()
  const env = { ...process.env, LYREBIRD_BENCH_USAGE: usage }
  const result = spawnSync(process.execPath, ['--import', usageHook, ...args], { cwd: root, encoding: 'utf8', env })
  if (result.status !== 0) {
    process.stderr.write(`${what} failed (exit ${result.status}):\n${result.stderr}\n`)
    process.exit(1)
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  return { seconds, megabytes: JSON.parse(readFileSync(usage, 'utf8')).rssMb }
}

/** The i-th key: numbers of 32 bits, each once, in no order. */
const keyOf = i => `u${Math.imul(i, 2_654_435_761) >>> 0}`
const recordOf = (i, t) => `{"t":${t},"k":"${keyOf(i)}","n":${i % 1000}}\n`

/** Writes a file of a partition, from an offset on. */
function write(log, partition, offset, count, record) {
  const folder = join(log, 'e', `partition=${partition}`)
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `e+${partition}+${String(offset).padStart(10, '0')}.json`), 'w')
  for (let done = 0; done < count; done += PIECE) {
    const piece = Array.from({ length: Math.min(PIECE, count - done) }, (_, i) => record(done + i))
    writeSync(file, piece.join(''))
  }
  closeSync(file)
}

function measure(keys) {
  const [log, state] = [join(scratch, `log-${keys}`), join(scratch, `state-${keys}`)]
  const each = keys / PARTITIONS
  let keyBytes = 0
  for (let p = 0; p < PARTITIONS; p++) {
    write(log, p, 0, each, i => {
      const n = PARTITIONS * i + p
      keyBytes += keyOf(n).length
      return recordOf(n, START + Math.floor(n / 100))
    })
  }
  const batch = run('batch', [join(artefact, 'batch.mjs'), '--log', log, '--state', state, '--workers', '1'])
  const bytes = statSync(join(state, 'state.mdb')).size
  const streams = [0, 1].map(round => {
    const newest = START + Math.floor(keys / 100) + round
    for (let p = 0; p < PARTITIONS; p++) {
      const next = each + (round * changed) / PARTITIONS
      write(log, p, next, changed / PARTITIONS, () =>
        recordOf(PARTITIONS * Math.floor(Math.random() * each) + p, newest),
      )
    }
    return run('stream', [join(artefact, 'stream.mjs'), '--log', log, '--state', state, '--until', 'end'])
  })
  rmSync(log, { recursive: true })
  rmSync(state, { recursive: true })
  return { keys, batch, bytes, rows: keyBytes + keys * ROW_BYTES, streams }
}

process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
mkdirSync(artefact)
run('compiling', [join(root, 'bin', 'lyrebird.mjs'), 'compile', join(root, 'bench/jobs/keys.ts'), '--out', artefact])
process.stdout.write('| keys | batch, s | peak, MB | state, MB | to keys and values | a stream of changed keys, s |\n')
process.stdout.write('|---|---|---|---|---|---|\n')
for (const keys of values.keys.split(',').map(Number)) {
  const { batch, bytes, rows, streams } = measure(keys)
  const cells = [
    keys.toLocaleString('en'),
    batch.seconds.toFixed(2),
    batch.megabytes.toFixed(0),
    (bytes / 2 ** 20).toFixed(0),
    (bytes / rows).toFixed(2),
    streams.map(stream => stream.seconds.toFixed(2)).join(' / '),
  ]
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}
