// npm run demo:deployment: a job as one deployment, on a real broker and a real Postgres. Its history lies in files, of
// which the topic has lost the beginning; it goes live, is killed, and is upgraded while it is read; then state, topic
// and table are verified.
//
// Promises: prints each command that it runs; exit 1 where anything is not as it must be; servers, processes and their
// directories are gone afterwards.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import picocolors from 'picocolors'
import { hasPostgres, TestPostgres } from '../postgres/server.ts'
import { type Broker, startCluster } from './broker.ts'
import { clientOf } from './copy-topic.ts'
import { kafkaParts, repositoryRoot } from './jars.ts'

/** Records of the topic, those of them in files, and those that the topic has lost. */
const [WHOLE, STORED, LOST] = [40_000, 30_000, 20_000]
const TOPIC = 'orders'
const LIMIT_MS = 120_000
const root = repositoryRoot()
const CLI = join(root, 'bin', 'lyrebird.mjs')
const FOLDER = join(root, '.lyrebird', 'demo-deployment')

const CONFIG = `import { defineConfig } from 'lyrebird'
import { env, postgres } from 'lyrebird/sinks'
export default defineConfig({
  archive: 'archive',
  state: 'state',
  sinks: { shops: postgres({ url: env('DATABASE_URL'), table: 'shops' }) },
})
`

/** The second version counts hours in another way, and has a view more. */
const jobText = (version: 1 | 2): string => `import { count, job, source, sum, tumbling } from 'lyrebird'
interface Order { shop: string; cents: number; at: number }
const orders = source<Order>('${TOPIC}', { time: o => o.at, disorder: '1s' })
const byShop = orders.keyBy(o => o.shop)
export default job('orders', {
  shops: byShop.aggregate({ orders: count(), cents: sum(o => o.cents) }),
  hours: byShop.window(tumbling('1h')).aggregate({ cents: sum(o => o.cents${version === 1 ? '' : ' / 100'}) }),
  large: orders.filter(o => o.cents > 90).to('large-orders'),${version === 1 ? '' : '\n  all: byShop.count(),'}
})
`

const orderText = (i: number): string =>
  JSON.stringify({ shop: `shop ${i % 50}`, cents: i % 100, at: 1_700_000_000_000 + i * 500 })

async function main(): Promise<number> {
  const parts = kafkaParts()
  if (typeof parts === 'string' || !hasPostgres()) {
    process.stderr.write(
      `no ${typeof parts === 'string' ? `Kafka here: ${parts}` : 'Postgres: npm run postgres:fetch'}\n`,
    )
    return 1
  }
  if (!existsSync(join(root, 'build', 'cli', 'main.js'))) {
    spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
  }
  rmSync(FOLDER, { recursive: true, force: true })
  const dir = mkdtempSync(join(tmpdir(), 'lyrebird-demo-deployment-'))
  const brokers = await startCluster(parts, dir, [{}])
  const server = await TestPostgres.start()
  try {
    return await new Demo(brokers[0] as Broker, server).show()
  } finally {
    await server.stop()
    await Promise.all(brokers.map(broker => broker.kill()))
    rmSync(dir, { recursive: true, force: true })
  }
}

class Demo {
  readonly #server: TestPostgres
  readonly #broker: Broker
  readonly #log: string
  readonly #verdicts: boolean[] = []
  #written = 0

  constructor(broker: Broker, server: TestPostgres) {
    this.#broker = broker
    this.#server = server
    this.#log = `kafka://${broker.address}`
  }

  async show(): Promise<number> {
    say(`KAFKA=${this.#log}\nDATABASE_URL=${this.#server.url()}\n`)
    await this.#prepare()
    say(`${WHOLE} orders: the first ${STORED} lie in files, and the topic has lost the first ${LOST}.\n`)
    const first = this.#start('run v1.ts')
    try {
      await this.#rowsAdd('the history is in Postgres')
      await this.#produce(2_000)
      await this.#rowsAdd('and what comes live')
      say(`kill -9 ${first.pid}; the same command again`)
      await end(first, 'SIGKILL')
      await this.#produce(2_000)
      await this.#upgrade(this.#start('run v1.ts', false))
    } finally {
      first.kill('SIGKILL')
    }
    return this.#verdicts.every(Boolean) ? 0 : 1
  }

  /** The new version takes the state over; the old one is read meanwhile. */
  async #upgrade(old: ChildProcess): Promise<void> {
    await this.#rowsAdd('after the kill, each order once')
    const ended = once(old, 'exit')
    const fresh = this.#start('run v2.ts --upgrade')
    try {
      let [reads, isOver] = [0, false]
      void ended.then(() => {
        isOver = true
      })
      while (!isOver) {
        this.#lyrebird('query shops --state state', false)
        reads++
        await sleep(50)
      }
      const [code] = await ended
      this.#verdict(
        code === 0,
        `the old version was read ${reads} times until it gave the state over, and ended with ${code}`,
      )
      await this.#produce(2_000)
      await this.#rowsAdd('the new version goes on')
      this.#verdict(this.#count('all') === this.#written, `its new view has all ${this.#written} orders`)
      say(this.#lyrebird('status --log $KAFKA'))
      this.#verify()
    } finally {
      await end(fresh, 'SIGTERM')
    }
  }

  #verify(): void {
    const text = this.#lyrebird('verify v2.ts --state state')
    say(text)
    this.#verdict(/^equal/.test(text), 'state, topic and table are what batch computes from files and topic')
  }

  async #prepare(): Promise<void> {
    const archive = join(FOLDER, 'archive', TOPIC, 'partition=0')
    mkdirSync(archive, { recursive: true })
    const lines = Array.from({ length: STORED }, (_, i) => `${orderText(i)}\n`)
    writeFileSync(join(archive, `${TOPIC}+0+0.json`), lines.join(''))
    writeFileSync(join(FOLDER, 'package.json'), '{"type":"module"}')
    writeFileSync(join(FOLDER, 'lyrebird.config.ts'), CONFIG)
    writeFileSync(join(FOLDER, 'v1.ts'), jobText(1))
    writeFileSync(join(FOLDER, 'v2.ts'), jobText(2))
    const admin = clientOf(this.#broker.address).admin()
    await admin.connect()
    const configEntries = [{ name: 'retention.ms', value: '-1' }]
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1, configEntries }] })
    await this.#produce(WHOLE)
    // The client learns here who leads the topic.
    await admin.fetchTopicOffsets(TOPIC)
    await admin.deleteTopicRecords({ topic: TOPIC, partitions: [{ partition: 0, offset: String(LOST) }] })
    await admin.disconnect()
  }

  async #produce(count: number): Promise<void> {
    const producer = clientOf(this.#broker.address).producer({ idempotent: true })
    await producer.connect()
    for (let at = 0; at < count; at += 5_000) {
      const some = Array.from({ length: Math.min(5_000, count - at) }, (_, i) => ({
        value: orderText(this.#written + i),
      }))
      await producer.send({ topic: TOPIC, messages: some })
      this.#written += some.length
    }
    await producer.disconnect()
  }

  /** Waits until the table has all orders that were written. */
  async #rowsAdd(text: string): Promise<void> {
    const counted = async (): Promise<number> => {
      const asked = this.#server.query('SELECT coalesce(sum(orders), 0) AS n FROM shops')
      return await asked.then(
        ([row]) => Number(row?.n),
        () => 0,
      )
    }
    let rows = 0
    for (const until = Date.now() + LIMIT_MS; Date.now() < until && rows < this.#written; await sleep(100)) {
      rows = await counted()
    }
    this.#verdict(rows === this.#written, `${text}: ${rows} of ${this.#written} orders in table shops`)
  }

  #count(view: string): number {
    const rows = this.#lyrebird(`query ${view} --state state`, false).trim().split('\n')
    return rows.reduce((sum, row) => sum + (JSON.parse(row) as { value: number }).value, 0)
  }

  #start(line: string, isShown = true): ChildProcess {
    if (isShown) say(`$ npx lyrebird ${line} --log $KAFKA &`)
    const args = [CLI, ...line.split(' '), '--log', this.#log, '--commit-interval', '200ms']
    const child = spawn(process.execPath, args, { cwd: FOLDER, env: this.#env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr?.on('data', text => {
      said = `${said}${text}`.slice(-2_000)
    })
    child.once('exit', code => {
      if (code !== null && code !== 0) process.stderr.write(said)
    })
    return child
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, DATABASE_URL: this.#server.url() }
  }

  /** What a command prints; its exit code does not matter. */
  #lyrebird(line: string, isShown = true): string {
    if (isShown) say(`$ npx lyrebird ${line}${line.startsWith('verify') ? ' --log $KAFKA' : ''}`)
    const words = line.replace('$KAFKA', this.#log).split(' ')
    const args = [CLI, ...words, ...(line.startsWith('verify') ? ['--log', this.#log] : [])]
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: FOLDER, env: this.#env, encoding: 'utf8' })
    return `${stdout}${stdout === '' ? stderr : ''}`
  }

  #verdict(isGood: boolean, text: string): void {
    this.#verdicts.push(isGood)
    say(isGood ? picocolors.green(`✓ ${text}`) : picocolors.red(`✗ NOT SO: ${text}`))
  }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main()
