// One command that measures one deployment: `run` over a history against `batch` alone, and how long it takes from the
// last record of the history until the run is live.
//
//   npm run bench:deployment [-- --events 10000000 --rounds 3 --job country]
//
// Promises: whole processes of one compiled artefact over an embedded log, start included, in turns; both states must
// have the same digests. A run counts until it says that it is live. For the hand-over records are appended all the
// time, and the run that is timed says when it has read the last record of the history and when it is live; the first
// commit behind that is looked for every 5 ms.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { openTopic } from 'lyrebird/log'
import { fillLog } from './embedded-log.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '3' },
    job: { type: 'string', default: 'country' },
    timed: { type: 'string' },
  },
})
const [events, rounds] = [Number(values.events), Number(values.rounds)]
const PARTITIONS = 4
const APPENDING = { ms: 10, lastTs: Date.UTC(2026, 0, 12) }
const LOOK_MS = 5

if (values.timed === undefined) await main()
else await timed(JSON.parse(values.timed))

/** A run that says what it does when, in ms since 1970, until it is told to stop. */
async function timed({ dist, log, state }) {
  const { loadFunctions } = await import('../build/compiler/index.js')
  const { runDeployment } = await import('../build/deployment/index.js')
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  let read = 0
  await runDeployment({
    functions: await loadFunctions(dist),
    functionsUrl: pathToFileURL(join(dist, 'functions.mjs')).href,
    log,
    state,
    signal: stop.signal,
    commitIntervalMs: 100,
    onHistory: () => (read = Date.now()),
    onPhase: phase => phase === 'live' && process.stdout.write(`${JSON.stringify({ read, live: Date.now() })}\n`),
  })
}

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-deployment-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  const [log, dist] = [join(scratch, 'log'), join(scratch, 'dist')]
  fillLog(log, events, PARTITIONS)
  const cli = join(root, 'bin', 'lyrebird.mjs')
  command([cli, 'compile', join(root, 'bench', 'jobs', `${values.job}.ts`), '--out', dist])
  const seconds = { batch: [], run: [] }
  for (let round = 0; round < rounds; round++) {
    const [batch, run] = [join(scratch, `batch${round}`), join(scratch, `run${round}`)]
    const begun = performance.now()
    const computed = JSON.parse(command([join(dist, 'batch.mjs'), '--log', log, '--state', batch, '--json']))
    seconds.batch.push((performance.now() - begun) / 1000)
    seconds.run.push(await untilLive([join(dist, 'run.mjs'), '--log', log, '--state', run]))
    const same = JSON.parse(command([join(dist, 'run.mjs'), '--log', log, '--state', run, '--until', 'end', '--json']))
    if (JSON.stringify(same.views) !== JSON.stringify(computed.views)) throw new Error('run and batch differ')
    rmSync(batch, { recursive: true })
    rmSync(run, { recursive: true })
  }
  const [batch, run] = [median(seconds.batch), median(seconds.run)]
  say(`${events.toLocaleString('en')} records, job ${values.job}, ${rounds} rounds, medians`)
  say(`batch alone:                 ${batch.toFixed(2)} s`)
  say(`run, until it is live:       ${run.toFixed(2)} s (${(run / batch).toFixed(2)} times)`)
  const overs = []
  for (let round = 0; round < rounds; round++)
    overs.push(await handOver({ dist, log, state: join(scratch, `over${round}`) }))
  say(`last record of the history until live:                          ${median(overs.map(o => o.live))} ms`)
  say(`last record of the history until a later record is committed:   ${median(overs.map(o => o.committed))} ms`)
}

function command(args) {
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (result.status !== 0) throw new Error(`exit ${result.status}: ${result.stderr}`)
  return result.stdout
}

/** Seconds from the start of a run until it says that it is live. */
async function untilLive(args) {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise(resolve => child.once('exit', resolve))
  let took
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.startsWith('live')) continue
    took ??= (performance.now() - begun) / 1000
    child.kill('SIGTERM')
  }
  await ended
  if (took === undefined) throw new Error('the run ended before it was live')
  return took
}

/** ms from the last record of the history until the run is live, and until a record behind it is committed. */
async function handOver(places) {
  const { readCommitted } = await import('../build/run/state/read-state.js')
  const { openStateReader } = await import('../build/store/index.js')
  const script = fileURLToPath(import.meta.url)
  const child = spawn(process.execPath, [script, '--timed', JSON.stringify(places)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  const stopAppending = appending(places.log)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { read, live } = JSON.parse((await lines.next()).value)
  const commitOf = async () => {
    const reader = openStateReader(places.state)
    const { commit } = readCommitted(reader, places.state)
    await reader.close()
    return commit
  }
  const first = (await commitOf()).number
  let later = await commitOf()
  for (; later.number === first; later = await commitOf()) await sleep(LOOK_MS)
  await stopAppending()
  child.kill('SIGTERM')
  await ended
  rmSync(places.state, { recursive: true })
  return { live: live - read, committed: later.time - read }
}

function appending(log) {
  let going = true
  const work = async () => {
    const topic = await openTopic('events', { log })
    for (let i = 0; going; i++) {
      const value = { ts: APPENDING.lastTs + i, user: `u${i % 1000}`, country: 'AB', page: '/', amount: 1, ok: true }
      await topic.append([{ key: String(i), value, timestamp: APPENDING.lastTs }])
      await sleep(APPENDING.ms)
    }
    await topic.close()
  }
  const done = work()
  return () => {
    going = false
    return done
  }
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
