// Tries one library: `use.ts` in the folder given exports `use(n, s)`, which a job calls for each record.
//
// Prints one line of JSON: the outcome (`equal`, `different`, `refused`, `library-failed`, or the word of another
// diagnostic) and a note.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { compileJob, loadFunctions } from '../../build/compiler/index.js'
import { ByteReader } from '../../build/core/values/bytes.js'
import { decodeValue } from '../../build/core/values/canonical.js'
import { runBatch } from '../../build/runtime-batch/index.js'
import { readWholeResult, verifyJob } from '../../build/testing/equivalence/index.js'

const [folder] = process.argv.slice(2)
const RECORDS = ['ab', 'x', 'longer', 'zz', 'ab', 'abc'].map((s, i) => ({ t: i * 1000, n: i + 1, s }))
const JOB = `import { job, last, source } from 'lyrebird'
import { use } from './use.ts'
const events = source<{ t: number; n: number; s: string }>('events', { time: e => e.t, disorder: '1h' })
export default job('tried', { found: events.keyBy(e => String(e.n)).aggregate({ v: last(e => use(e.n, e.s)) }) })
`

try {
  console.log(JSON.stringify(await outcome()))
} catch (error) {
  const word = error?.where?.word
  console.log(JSON.stringify({ outcome: word === undefined ? 'failed' : 'refused', note: String(error.message) }))
}
process.exit(0)

async function outcome() {
  writeFileSync(join(folder, 'job.ts'), JOB)
  const { diagnostics, outDir } = await compileJob(join(folder, 'job.ts'), { outDir: join(folder, 'dist') })
  const error = diagnostics.find(d => d.severity === 'error')
  if (outDir === null) return { outcome: error.word, note: `${error.title}: ${error.label}` }
  const log = writeLog()
  const functions = await loadFunctions(outDir)
  const functionsUrl = pathToFileURL(join(outDir, 'functions.mjs')).href
  const run = { functions, functionsUrl, log }
  const { difference } = await verifyJob({ ...run, workers: [1], interleavings: 1, seed: 1 })
  if (difference !== null) return { outcome: 'different', note: `between executors: ${JSON.stringify(difference)}` }
  const state = join(folder, 'state')
  await runBatch({ ...run, state, workers: 2, until: 'end' })
  const { views, dead } = await readWholeResult(state, join(state, 'out'), functions.plan)
  if (dead.length > 0) return { outcome: 'dead-letters', note: dead[0].reason + String(dead[0].display?.message) }
  const rows = views.get('found').map(row => [valuesIn(row.key).at(-1), valuesIn(row.value)[0].v])
  const expected = await plainly()
  const found = JSON.stringify(rows.toSorted())
  return found === expected ? { outcome: 'equal' } : { outcome: 'different', note: `${found} is not ${expected}` }
}

function writeLog() {
  for (const partition of [0, 1]) {
    const at = join(folder, `log/events/partition=${partition}`)
    mkdirSync(at, { recursive: true })
    const lines = RECORDS.filter((_, i) => i % 2 === partition).map(record => `${JSON.stringify(record)}\n`)
    writeFileSync(join(at, `events+${partition}+0.json`), lines.join(''))
  }
  return join(folder, 'log')
}

/** What Node gives without any realm. */
async function plainly() {
  const outfile = join(folder, 'plain.mjs')
  const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
  const options = { bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error', banner: { js: banner } }
  await build({ entryPoints: [join(folder, 'use.ts')], ...options })
  const { use } = await import(pathToFileURL(outfile).href)
  return JSON.stringify(RECORDS.map(({ n, s }) => [String(n), use(n, s)]).toSorted())
}

function valuesIn(bytes) {
  const reader = new ByteReader(bytes)
  const found = []
  while (reader.position < bytes.length) found.push(decodeValue(reader))
  return found
}
