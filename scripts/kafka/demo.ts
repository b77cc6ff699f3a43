// npm run demo:kafka: a live job on three brokers, outputs and changelog in Kafka; the engine and the broker that leads
// an output are killed; then a reader of committed records counts, and batch and stream are compared.
//
// Promises: prints each command that it runs; exit 1 where anything is missing, there twice or different; brokers,
// processes and their directories are gone afterwards.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import picocolors from 'picocolors'
import { type Broker, startCluster } from './broker.ts'
import { clientOf } from './copy-topic.ts'
import { OrderWriter } from './demo-orders.ts'
import { type CommittedRecord, committedRecords } from './demo-reader.ts'
import { kafkaParts, repositoryRoot } from './jars.ts'

const JOB = 'scripts/kafka/demo-job.ts'
const STATES = '.lyrebird/demo-kafka'
const [ORDERS, RECEIPTS, SALES] = ['orders', 'receipts', 'sales']
const PARTITIONS = 4
/** So many more receipts show that the job goes on. */
const MORE = 400
const LIMIT_MS = 120_000

interface Result {
  readonly name: string
  readonly rows: number
  /** Null for changes: how many there are is not compared. */
  readonly digest: string | null
}

interface Summary {
  readonly records: number
  readonly views: readonly Result[]
  readonly outputs: readonly Result[]
}

const root = repositoryRoot()
const CLI = join(root, 'bin', 'lyrebird.mjs')

async function main(): Promise<number> {
  const parts = kafkaParts()
  if (typeof parts === 'string') {
    process.stderr.write(`no Kafka here: ${parts}\n`)
    return 1
  }
  if (!existsSync(join(root, 'build', 'cli', 'main.js'))) run('npm run build', ['scripts/build.mjs'])
  rmSync(join(root, STATES), { recursive: true, force: true })
  const dir = mkdtempSync(join(tmpdir(), 'lyrebird-demo-kafka-'))
  const brokers = await startCluster(parts, dir, [{}, {}, {}])
  try {
    return await new Demo(brokers).show()
  } finally {
    await Promise.all(brokers.map(broker => broker.kill()))
    rmSync(dir, { recursive: true, force: true })
  }
}

class Demo {
  readonly #brokers: readonly Broker[]
  readonly #kafka: string
  readonly #stream: string
  #engine: ChildProcess | null = null

  constructor(brokers: readonly Broker[]) {
    this.#brokers = brokers
    this.#kafka = `kafka://${brokers.map(({ address }) => address).join(',')}`
    this.#stream = `stream ${JOB} --log $KAFKA --state $DIR/stream`
  }

  async show(): Promise<number> {
    say(`Three brokers of Apache Kafka, each partition in three replicas:\nKAFKA=${this.#kafka}\nDIR=${STATES}\n`)
    await this.#makeTopic()
    const orders = new OrderWriter(
      this.#brokers.map(({ address }) => address),
      ORDERS,
      PARTITIONS,
    )
    try {
      await this.#live(orders)
    } finally {
      this.#engine?.kill('SIGKILL')
    }
    say('\nNo more orders come: the stream reads to the end, and a batch computes all anew.')
    const stream = this.#lyrebird(`${this.#stream} --until end --final`)
    const batch = this.#lyrebird(`batch ${JOB} --log $KAFKA --state $DIR/batch --out $DIR/out --final`)
    return this.#compare(orders.written, stream, batch)
  }

  /** The job runs while orders come in; engine and broker are killed. */
  async #live(orders: OrderWriter): Promise<void> {
    this.#start(true)
    await this.#receipts(orders)
    const { pid } = this.#engine as ChildProcess
    say(`kill -9 ${pid}: the engine, in the middle of its work; the same command again`)
    await this.#end('SIGKILL')
    this.#start(false)
    await this.#receipts(orders)
    const leader = await this.#leader()
    say(`kill -9 ${leader.pid}: broker ${leader.node}, which leads ${RECEIPTS}/0; the others lead on`)
    await leader.kill()
    await this.#receipts(orders)
    await leader.restart()
    say(`broker ${leader.node} is back`)
    await this.#receipts(orders)
    await orders.end()
    await this.#end('SIGTERM')
  }

  /** Waits until a reader sees more receipts than now, and says how many. */
  async #receipts(orders: OrderWriter): Promise<void> {
    const count = (): Promise<number> =>
      committedRecords(this.#kafka, RECEIPTS).then(
        r => r.length,
        () => 0,
      )
    const before = await count()
    for (const until = Date.now() + LIMIT_MS; Date.now() < until; await sleep(250)) {
      const [now, written] = [await count(), orders.written]
      if (this.#engine?.exitCode !== null) throw new Error(`the engine ended with ${this.#engine?.exitCode}`)
      if (now < before + MORE) continue
      return say(`  ${now} receipts of ${written} orders so far, read as committed`)
    }
    throw new Error(`no ${MORE} more receipts within ${LIMIT_MS / 1000} s`)
  }

  /** Prints the digests and what was found; 0 where all is as it must be. */
  async #compare(orders: number, stream: Summary, batch: Summary): Promise<number> {
    say(`\n${'after two kills'.padEnd(20)}  rows  ${'stream'.padEnd(32)}  batch`)
    for (const [i, { name, rows, digest }] of resultsOf(stream).entries()) {
      say(`${name.padEnd(20)}${String(rows).padStart(6)}  ${digest}  ${resultsOf(batch)[i]?.digest}`)
    }
    const receipts = await committedRecords(this.#kafka, RECEIPTS)
    const changes = new Map((await committedRecords(this.#kafka, SALES)).map(({ key, value }) => [key, value]))
    const rows = run(null, [CLI, 'query', 'sales', '--state', `${STATES}/batch`])
      .trim()
      .split('\n')
      .map(row => JSON.parse(row))
    say('')
    return [
      verdict(
        receipts.length === orders && areInOrder(receipts),
        `${receipts.length} receipts for ${orders} orders, read as committed: each once, in order`,
      ),
      verdict(
        changes.size === rows.length && rows.every(({ key, value }) => changes.get(key) === JSON.stringify(value)),
        `topic ${SALES}: the newest change of each of ${rows.length} shops is its row`,
      ),
      verdict(
        JSON.stringify(resultsOf(stream)) === JSON.stringify(resultsOf(batch)),
        'stream and batch have the same digests: equal to the byte',
      ),
    ].every(Boolean)
      ? 0
      : 1
  }

  async #makeTopic(): Promise<void> {
    const admin = clientOf(this.#brokers[0]?.address as string).admin()
    await admin.connect()
    try {
      const configEntries = [{ name: 'retention.ms', value: '-1' }]
      await admin.createTopics({ topics: [{ topic: ORDERS, numPartitions: PARTITIONS, configEntries }] })
    } finally {
      await admin.disconnect()
    }
  }

  /** The broker that leads the first partition of the receipts. */
  async #leader(): Promise<Broker> {
    const admin = clientOf(this.#brokers[0]?.address as string).admin()
    await admin.connect()
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [RECEIPTS] })
      const leader = topics[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader
      return this.#brokers.find(({ node }) => node === leader) ?? (this.#brokers[0] as Broker)
    } finally {
      await admin.disconnect()
    }
  }

  #start(isFirst: boolean): void {
    const line = `${this.#stream} --replication 3`
    if (isFirst) say(`$ npx lyrebird ${line} &`)
    this.#engine = spawn(process.execPath, this.#args(line), { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    this.#engine.stderr?.on('data', text => {
      said = `${said}${text}`.slice(-2_000)
    })
    this.#engine.once('exit', code => {
      if (code !== null && code !== 0) process.stderr.write(said)
    })
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const engine = this.#engine as ChildProcess
    const gone = once(engine, 'exit')
    engine.kill(signal)
    await gone
  }

  #args(line: string): readonly string[] {
    return [CLI, ...line.replace('$KAFKA', this.#kafka).replaceAll('$DIR', STATES).split(' ')]
  }

  #lyrebird(line: string): Summary {
    return JSON.parse(run(`npx lyrebird ${line}`, [...this.#args(line), '--json'])) as Summary
  }
}

/** Views and outputs that are compared. */
const resultsOf = ({ views, outputs }: Summary): readonly Result[] =>
  [...views, ...outputs]
    .filter(({ digest }) => digest !== null)
    .map(({ name, rows, digest }) => ({ name, rows, digest }))

/** The numbers of the orders rise in each partition. */
function areInOrder(receipts: readonly CommittedRecord[]): boolean {
  const last = new Map<number, number>()
  return receipts.every(({ partition, value }) => {
    const { id } = JSON.parse(value) as { id: number }
    const before = last.get(partition) ?? 0
    last.set(partition, id)
    return id > before
  })
}

function verdict(isGood: boolean, text: string): boolean {
  say(isGood ? picocolors.green(`✓ ${text}`) : picocolors.red(`✗ NOT SO: ${text}`))
  return isGood
}

/** Null is not shown. */
function run(shown: string | null, args: readonly string[]): string {
  if (shown !== null) say(`$ ${shown}`)
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${shown ?? args.join(' ')} ended with exit code ${status}`)
  return stdout
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

process.exitCode = await main()
