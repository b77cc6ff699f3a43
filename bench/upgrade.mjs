// One command that measures upgrades: one of five views is edited over a log of many records while the old version
// runs.
//
//   npm run bench:upgrade [-- --events 1000000 --rate 2000 --edit hourly]
//
// Promises: whole processes of compiled artefacts over an embedded log, to which records are appended all the time. The
// age of a state is how long ago its last commit was, asked every 10 ms.
// At the end the state is compared with a batch of the new job over the same records. `--edit users` edits the view of
// most rows.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openTopic } from 'lyrebird/log'
import { readCommitted } from '../build/run/state/read-state.js'
import { openStateReader } from '../build/store/index.js'
import { fillLog } from './embedded-log.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '2000' },
    edit: { type: 'string', default: 'hourly' },
  },
})
const events = Number(values.events)
const rate = Number(values.rate)
const PARTITIONS = 4
const LOOK_MS = 10

const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-upgrade-'))
const [log, state] = [join(scratch, 'log'), join(scratch, 'state')]
const cli = join(root, 'bin', 'lyrebird.mjs')
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

const JOB = factor => {
  const of = view => (view === values.edit ? ` * ${factor}` : '')
  return `import { count, job, source, sum, tumbling } from 'lyrebird'
interface Event { ts: number; user: string; country: string; page: string; amount: number; ok: boolean }
const events = source<Event>('events', { time: e => e.ts, disorder: '10s' })
const hours = (of: typeof events) => of.keyBy(e => e.country).window(tumbling('1h'))
export default job('five', {
  hourly: hours(events).aggregate({ count: count(), sum: sum(e => e.amount${of('hourly')}) }),
  failed: hours(events.filter(e => !e.ok)).aggregate({ count: count() }),
  pages: events.keyBy(e => e.page).window(tumbling('1d')).aggregate({ count: count(), sum: sum(e => e.amount) }),
  places: events.keyBy(e => [e.country, e.page]).aggregate({ count: count() }),
  users: events.keyBy(e => e.user).aggregate({ count: count(), sum: sum(e => e.amount${of('users')}) }),
})
`
}

function command(what, args) {
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (result.status === 0) return result.stdout
  process.stderr.write(`${what} failed (exit ${result.status}):\n${result.stderr}\n`)
  process.exit(1)
}

function compiled(name, factor) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'job.ts'), JOB(factor))
  command('compile', [cli, 'compile', join(folder, 'job.ts'), '--out', join(folder, 'dist')])
  return join(folder, 'dist')
}

/** A run as a process: what it says, and when it has said something that begins so. */
function start(artefact, ...more) {
  const child = spawn(process.execPath, [join(artefact, 'run.mjs'), '--log', log, '--state', state, ...more])
  const ended = new Promise(done => child.on('close', done))
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const says = async begin => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) if (line.value.startsWith(begin)) return
    throw new Error(`the run ended before it said ${begin}`)
  }
  return { child, ended, says }
}

const now = () => performance.now()

/** Appends records until it is stopped. */
function appending() {
  let [going, sent] = [true, 0]
  const work = async () => {
    const topic = await openTopic('events', { log })
    const last = Date.UTC(2026, 0, 12)
    while (going) {
      const record = i => ({
        ts: last + (sent + i),
        user: `u${(sent + i) % 1000}`,
        country: 'AB',
        page: '/',
        amount: 1,
        ok: true,
      })
      const some = Array.from({ length: Math.ceil(rate / 20) }, (_, i) => ({
        key: String(i),
        value: record(i),
        timestamp: last,
      }))
      await topic.append(some)
      sent += some.length
      await sleep(50)
    }
    await topic.close()
    return sent
  }
  const done = work()
  return () => {
    going = false
    return done
  }
}

/** Looks at the state until it is stopped: the greatest age of its last commit. */
function looking() {
  let going = true
  const work = async () => {
    let [greatest, looks] = [0, 0]
    while (going) {
      const reader = openStateReader(state)
      const { commit } = readCommitted(reader, state)
      await reader.close()
      greatest = Math.max(greatest, Date.now() - commit.time)
      looks++
      await sleep(LOOK_MS)
    }
    return { greatest, looks }
  }
  const done = work()
  return () => {
    going = false
    return done
  }
}

fillLog(log, events, PARTITIONS)
const [old, fresh] = [compiled('old', 2), compiled('new', 3)]

const first = start(old)
const begun = now()
await first.says('live')
const history = (now() - begun) / 1000
const stopAppending = appending()
await sleep(2000)
const stopBefore = looking()
await sleep(5000)
const before = await stopBefore()
const stopLooking = looking()
const upgrading = now()
const second = start(fresh, '--upgrade')
await second.says('live')
const upgraded = (now() - upgrading) / 1000
await sleep(2000)
const { greatest, looks } = await stopLooking()
const sent = await stopAppending()
await first.ended
second.child.kill('SIGTERM')
await second.ended
command('run', [join(fresh, 'run.mjs'), '--log', log, '--state', state, '--until', 'end'])
const whole = now()
const [own, batch] = [state, join(scratch, 'batch')].map(directory =>
  JSON.parse(command('batch', [join(fresh, 'batch.mjs'), '--log', log, '--state', directory, '--json'])),
)
const seconds = (now() - whole) / 1000
if (JSON.stringify(own.views) !== JSON.stringify(batch.views)) {
  process.stderr.write('the upgraded state is not that of a batch\n')
  process.exit(1)
}
const text = n => n.toLocaleString('en')
process.stdout.write(
  [
    `${text(events)} records of history, ${text(sent)} appended meanwhile; view ${values.edit} of five edited`,
    `history by the old version, until live:  ${history.toFixed(2)} s`,
    `upgrade, from its start until live:      ${upgraded.toFixed(2)} s`,
    `whole batch of the new version:          ${seconds.toFixed(2)} s`,
    `greatest age of the state before it:     ${text(before.greatest)} ms in ${text(before.looks)} looks`,
    `greatest age of the state meanwhile:     ${text(greatest)} ms in ${text(looks)} looks`,
    '',
  ].join('\n'),
)
