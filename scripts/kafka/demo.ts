// npm run demo:kafka: starts a real broker, fills a topic with the first example's log, runs the job against it by
// batch and by stream, and compares the results with those from files.
//
// Promises: prints each command that it runs; exit 1 where any digest differs; the broker and its directory are gone
// afterwards.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '../../logs/index.ts'
import { startBroker } from './broker.ts'
import { clientOf, copyRecords, createLike } from './copy-topic.ts'
import { kafkaParts, repositoryRoot } from './jars.ts'

const JOB = 'examples/page-views/job.ts'
const LOG = 'examples/page-views/log'
const TOPIC = 'page-views'
const STATES = '.lyrebird/demo-kafka'

interface Summary {
  readonly records: number
  readonly late: number
  readonly dead: number
  readonly cut: Readonly<Record<string, string>>
  readonly views: readonly { readonly name: string; readonly rows: number; readonly digest: string }[]
}

const root = repositoryRoot()
process.exitCode = await main()

async function main(): Promise<number> {
  const parts = kafkaParts()
  if (typeof parts === 'string') {
    process.stderr.write(`no Kafka here: ${parts}\n`)
    return 1
  }
  if (!existsSync(join(root, 'build', 'cli', 'main.js'))) run('npm run build', process.execPath, ['scripts/build.mjs'])
  rmSync(join(root, STATES), { recursive: true, force: true })
  const dir = mkdtempSync(join(tmpdir(), 'lyrebird-demo-kafka-'))
  const broker = await startBroker(parts, dir)
  try {
    say(`Apache Kafka at ${broker.address}`)
    const files = await openLog(LOG)
    await createLike(clientOf(broker.address), files, TOPIC)
    const copied = await copyRecords(clientOf(broker.address), files, TOPIC)
    say(`${copied} records in ${(await files.partitions(TOPIC)).length} partitions of topic ${TOPIC}`)
    await files.close()
    const kafka = `kafka://${broker.address}`
    return compare({
      'batch from files': lyrebird(`batch ${JOB} --log ${LOG} --state ${STATES}/files`),
      'batch from Kafka': lyrebird(`batch ${JOB} --log ${kafka} --state ${STATES}/batch`),
      'stream from Kafka': lyrebird(`stream ${JOB} --log ${kafka} --state ${STATES}/stream --until end`),
    })
  } finally {
    await broker.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Prints one line for each run; 0 where all are equal. */
function compare(runs: Readonly<Record<string, Summary>>): number {
  say('')
  const answers = Object.entries(runs).map(([name, { views, late, dead, cut }]) => {
    for (const { name: view, rows, digest } of views) say(`${name.padEnd(18)} ${view} ${rows} rows, digest ${digest}`)
    return JSON.stringify({ views, late, dead, cut })
  })
  const same = new Set(answers).size === 1
  say(same ? 'The answers are the same to the byte.' : 'THE ANSWERS DIFFER.')
  return same ? 0 : 1
}

function lyrebird(line: string): Summary {
  const args = [join(root, 'bin', 'lyrebird.mjs'), ...line.split(' '), '--json']
  return JSON.parse(run(`npx lyrebird ${line}`, process.execPath, args)) as Summary
}

function run(shown: string, command: string, args: readonly string[]): string {
  say(`$ ${shown}`)
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${shown} ended with exit code ${status}`)
  return stdout
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
