// One command that measures Nexmark's queries: batch and stream, events a second of each.
//
//   npm run bench:nexmark [-- --events 500000 --rounds 3 --seed 1 --queries q0,q1]
//
// Promises: whole processes of the compiled artefact, start included, durable state and outputs written; batch and
// stream take turns in one run; the median of the rounds is shown, and batch beside stream. Both must end with the same
// digests. The events of all three topics count for each query, also those that it does not read, as Nexmark counts.
// Jobs and generator are in `examples/nexmark`.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeNexmark } from '../examples/nexmark/generate.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    queries: { type: 'string', default: 'q0,q1,q2,q3,q4,q5,q7,q8,q9,q11,q13,q17,q18,q20' },
  },
})
const [events, rounds, seed] = [values.events, values.rounds, values.seed].map(Number)
const home = join(root, '.lyrebird', 'bench')
const log = join(home, `nexmark-${events}-${seed}`)
const cli = join(root, 'bin', 'lyrebird.mjs')
const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-nexmark-'))

function run(what, args) {
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (result.status === 0) return result
  process.stderr.write(`${what} failed (exit ${result.status}):\n${result.stderr}\n`)
  process.exit(1)
}

/** Seconds of one whole process, and the digests that it ends with. */
function measure(query, target) {
  const state = join(scratch, `${query}-${target}`)
  const more = target === 'stream' ? ['--until', 'end'] : []
  const script = join(home, 'dist', query, `${target}.mjs`)
  const started = process.hrtime.bigint()
  const { stdout } = run(`${target} of ${query}`, [script, '--log', log, '--state', state, '--json', ...more])
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  rmSync(state, { recursive: true, force: true })
  const { results, views, outputs } = JSON.parse(stdout.trimEnd().split('\n').at(-1))
  return { seconds, found: JSON.stringify({ results, views, outputs }) }
}

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const perSecond = seconds =>
  Math.round(events / seconds)
    .toLocaleString('en')
    .padStart(12)

function race(query) {
  run(`compiling ${query}`, [
    cli,
    'compile',
    join(root, 'examples/nexmark', `${query}.ts`),
    '--out',
    join(home, 'dist', query),
  ])
  const [batch, stream] = [[], []]
  for (let round = 0; round < rounds; round++) {
    batch.push(measure(query, 'batch'))
    stream.push(measure(query, 'stream'))
  }
  const found = new Set([...batch, ...stream].map(r => r.found))
  if (found.size !== 1) throw new Error(`${query}: batch and stream end with ${[...found].join(' and ')}`)
  const [b, s] = [batch, stream].map(list => median(list.map(r => r.seconds)))
  const ratio = (b / s).toFixed(2).padStart(8)
  console.log(
    `${query.padEnd(6)} ${b.toFixed(2).padStart(8)} ${perSecond(b)} ${s.toFixed(2).padStart(8)} ${perSecond(s)} ${ratio}`,
  )
}

try {
  if (!existsSync(log)) {
    mkdirSync(home, { recursive: true })
    const unfinished = `${log}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    writeNexmark(unfinished, { events, seed, partitions: 4 })
    renameSync(unfinished, log)
  }
  const memory = Math.round(totalmem() / 2 ** 30)
  console.log(
    `${events} events in 3 topics of 4 partitions, ${rounds} rounds; ${cpus().length} cores, ${memory} GB, Node ${process.version}`,
  )
  console.log('          batch s     events/s  stream s     events/s  batch s / stream s')
  for (const query of values.queries.split(',')) race(query)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
