// What it costs to keep a table of Postgres up to a topic: count, greatest and sum per user.
//
// Promises: beside a kafkajs consumer by hand that upserts each batch in a transaction with its offset; whole processes
// on fresh tables of one server, which is started for it; the tables must hold the same. The way of one record is from
// before it is sent until a reader of the table sees it, in steps of 2 ms, at a steady rate; the first seconds do not
// count.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import postgres from 'postgres'
import { TestPostgres } from '../../postgres/server.ts'
import { clientOf } from '../copy-topic.ts'
import { type Bench, freshPath, measure, nodeCommand, say } from './measure.ts'
import { type Contestant, median, type Result, race, STREAM } from './race.ts'
import { freshTopic } from './topics.ts'

const EVENTS = 'events'
const TABLE = 'users'
const USERS = 5_000
const PARTITIONS = 4
const LOOK_MS = 2
const TICK_MS = 10
const WARM_UP_MS = 5_000
const LAST_WAIT_MS = 30_000
const COMMIT_MS = 20

interface Pace {
  /** Records a second. */
  readonly rate: number
  readonly seconds: number
}

type Sql = postgres.Sql

export async function tables(bench: Bench, pace: Pace): Promise<boolean> {
  const server = await TestPostgres.start()
  process.env.DATABASE_URL = server.url()
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  try {
    const artefact = compiled(bench)
    const title = `A table of Postgres filled and kept up to ${bench.events} events from 4 partitions, by user`
    const good = await race(bench, title, contestants(bench, artefact, sql))
    await ways(bench, artefact, sql, pace)
    return good
  } finally {
    await sql.end()
    await server.stop()
  }
}

/** The job of users in a project whose configuration binds its view. */
function compiled(bench: Bench): string {
  const project = freshPath(bench, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(project, 'lyrebird.config.ts'),
    `import { env, postgres } from 'lyrebird/sinks'
export default { sinks: { users: postgres({ url: env('DATABASE_URL'), table: '${TABLE}' }) } }
`,
  )
  const [cli, job] = [join(bench.root, 'bin', 'lyrebird.mjs'), join(bench.root, 'bench', 'jobs', 'users.ts')]
  const args = [cli, 'compile', job, '--out', 'dist']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the job does not compile: ${stderr}`)
  return join(project, 'dist')
}

const byHand = (bench: Bench, ...more: readonly string[]): readonly string[] =>
  nodeCommand(bench, join(bench.root, 'bench', 'kafka', 'upsert-by-hand.mjs'), bench.address, EVENTS, TABLE, ...more)

function ours(bench: Bench, artefact: string, script: string, state: string): readonly string[] {
  const places = ['--log', `kafka://${bench.address}`, '--state', state]
  return nodeCommand(bench, join(artefact, script), ...places)
}

function contestants(bench: Bench, artefact: string, sql: Sql): readonly Contestant[] {
  const filling = (name: string, command: (state: string) => readonly string[]): Contestant => ({
    name,
    run: async (): Promise<Result> => {
      await dropTables(sql)
      const state = freshPath(bench, 'state')
      const measured = measure(bench, command(state))
      rmSync(state, { recursive: true, force: true })
      return { ...measured, found: await contentOf(sql) }
    },
  })
  const lyrebird = (script: string) => (state: string) => [...ours(bench, artefact, script, state), '--until', 'end']
  return [
    filling('run', lyrebird('run.mjs')),
    filling(STREAM, lyrebird('stream.mjs')),
    filling('kafkajs by hand', () => byHand(bench, String(bench.events))),
  ]
}

async function dropTables(sql: Sql): Promise<void> {
  await sql.unsafe(`DROP TABLE IF EXISTS ${TABLE}, ${TABLE}_offsets, lyrebird_sinks CASCADE`)
}

async function contentOf(sql: Sql): Promise<string> {
  const row = `key || ' ' || count::bigint || ' ' || round(sum::numeric * 100) || ' ' || max`
  const [found] = await sql.unsafe(
    `SELECT count(*) AS rows, sum(count) AS events, md5(string_agg(${row}, E'\\n' ORDER BY key COLLATE "C")) AS digest
     FROM ${TABLE}`,
  )
  return `${found?.rows} rows of ${Number(found?.events)} events, digest ${String(found?.digest).slice(0, 12)}`
}

async function ways(bench: Bench, artefact: string, sql: Sql, pace: Pace): Promise<void> {
  say(`\nFrom send to a row that is seen, ${pace.rate} records/s for ${pace.seconds} s, of ${USERS} users`)
  const state = (): string => freshPath(bench, 'state')
  const all: readonly (readonly [string, () => readonly string[]])[] = [
    ['run', () => [...ours(bench, artefact, 'run.mjs', state()), '--commit-interval', `${COMMIT_MS}ms`]],
    ['kafkajs by hand', () => byHand(bench)],
  ]
  const laps = new Map(all.map(([name]) => [name, [] as (readonly [number, number])[]]))
  for (let round = 0; round < bench.rounds; round++) {
    for (const [name, command] of all) {
      const lap = await way(bench, sql, command(), pace)
      process.stderr.write(`${name}: ${lap.map(Math.round).join(' and ')} ms\n`)
      laps.get(name)?.push(lap)
    }
  }
  say(`${bench.rounds} rounds, medians`)
  for (const [name, list] of laps) {
    const [p50, p99] = [0, 1].map(i => Math.round(median(list.map(lap => lap[i] as number))))
    say(`${name.padEnd(20)} p50 ${p50} ms, p99 ${p99} ms`)
  }
}

/** p50 and p99 in ms. */
async function way(bench: Bench, sql: Sql, command: readonly string[], pace: Pace) {
  await dropTables(sql)
  await freshTopic(bench.address, EVENTS)
  const producer = clientOf(bench.address).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const [program, ...args] = command
  const engine = spawn(program as string, args, { cwd: bench.root, stdio: 'ignore' })
  const ended = new Promise(resolve => engine.once('exit', resolve))
  try {
    const delays = await delaysOf(sql, producer, pace)
    return [
      delays[Math.floor(delays.length / 2)] as number,
      delays[Math.floor(delays.length * 0.99)] as number,
    ] as const
  } finally {
    engine.kill('SIGTERM')
    await ended
    await producer.disconnect()
  }
}

/** The records of one partition: when each was sent, and how many the table has. Record n has the amount n. */
interface Lane {
  readonly sent: number[]
  seen: number
}

async function delaysOf(sql: Sql, producer: kafkajs.Producer, { rate, seconds }: Pace): Promise<readonly number[]> {
  const lanes: readonly Lane[] = Array.from({ length: PARTITIONS }, () => ({ sent: [], seen: 0 }))
  const delays: number[] = []
  let [open, first] = [true, Number.POSITIVE_INFINITY]
  const look = async (): Promise<void> => {
    const newest = `SELECT split_part(key, ' ', 1)::int AS lane, max(max) AS n FROM ${TABLE} GROUP BY 1`
    for (const until = { ms: Number.POSITIVE_INFINITY }; open || lanes.some(isBehind); await sleep(LOOK_MS)) {
      if (!open) until.ms = Math.min(until.ms, clock() + LAST_WAIT_MS)
      if (clock() > until.ms) throw new Error('records never came')
      const [rows, now] = [await sql.unsafe(newest).catch(() => []), clock()]
      if (rows.length > 0) first = Math.min(first, now)
      for (const { lane, n } of rows) {
        const { sent, seen } = lanes[lane] as Lane
        for (const from of sent.slice(seen, Number(n))) if (from > first + WARM_UP_MS) delays.push(now - from)
        ;(lanes[lane] as Lane).seen = Number(n)
      }
    }
  }
  const looking = look()
  const begun = clock()
  for (let tick = 0; clock() < Math.min(first, begun + LAST_WAIT_MS) + WARM_UP_MS + seconds * 1000; tick++) {
    const partition = tick % PARTITIONS
    const { sent } = lanes[partition] as Lane
    const messages = Array.from({ length: (rate * TICK_MS) / 1000 }, () => {
      return { partition, value: eventOf(partition, sent.push(clock())) }
    })
    await producer.send({ topic: EVENTS, messages })
    const wait = begun + (tick + 1) * TICK_MS - clock()
    if (wait > 0) await sleep(wait)
  }
  open = false
  await looking
  return delays.sort((a, b) => a - b)
}

const clock = (): number => performance.now()

const isBehind = ({ sent, seen }: Lane): boolean => seen < sent.length

const eventOf = (partition: number, n: number): string =>
  JSON.stringify({
    id: n,
    ts: 1_767_225_600_000 + n,
    user: `${partition} u${n % (USERS / PARTITIONS)}`,
    country: 'KR',
    page: '/',
    amount: n,
    ip: '10.0.0.1',
    agent: 'bench',
    title: 'bench',
    device: { kind: 'desktop', os: 'linux' },
    ok: true,
  })
