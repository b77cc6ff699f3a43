// Places where a process runs: here, in a container of its own under another host name, below a parent that reaps
// nobody; and two programs to run there, one that writes a log and a state, one that reads both.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Child, program, start, UNREAPED } from '../../support/child.ts'

/** Runs a program as the first process of a new pid namespace, under a host name of its own. */
const container = (host: string, run = 'exec "$@"') =>
  `exec unshare -p -f --mount-proc -u --kill-child sh -c 'hostname ${host}; ${run}' sh "$@"`

export const containersPossible = spawnSync('unshare', ['-p', '-f', '--mount-proc', '-u', 'true']).status === 0

export interface Place {
  readonly name: string
  /** For `start`. */
  readonly shell: string | undefined
  /** How many processes stand between the one that was started and the program. */
  readonly below: number
  readonly reaps: boolean
}

const here: Place = { name: 'here', shell: undefined, below: 0, reaps: true }
const unreaped: Place = { name: 'unreaped', shell: UNREAPED, below: 1, reaps: false }
const inContainer = (host: string): Place => ({
  name: `container ${host}`,
  shell: container(host),
  below: 1,
  reaps: true,
})
const inIdle = (host: string): Place => {
  const run = '"$@" & exec sleep 1000'
  return { name: `container ${host}, unreaped`, shell: container(host, run), below: 2, reaps: false }
}

const containers = [inContainer('a'), inContainer('b'), inIdle('a'), inIdle('c')]
export const PLACES: readonly Place[] = [here, unreaped, ...(containersPossible ? containers : [])]
export const [IN_A, IN_B] = [inContainer('a'), inContainer('b')]

/** Appends three records and commits a document, prints that, and waits to be killed or ends; or prints the failure. */
const writer = program(`
  import { OutputTopic } from './logs/embedded/output-topic.ts'
  import { openStateWriter } from './store/index.ts'
  const [log, state, name, stays] = process.argv.slice(2)
  try {
    const topic = await OutputTopic.openForAppend(log, 't', 1)
    const writer = await openStateWriter(state)
    const record = { timestamp: 0, key: null, value: Buffer.from(name), headers: [] }
    await topic.append(0, [record, record, record])
    await writer.commit(txn => txn.putDocument('last', Buffer.from(name)))
    console.log('wrote', process.pid, writer.epoch)
    if (stays) setInterval(() => {}, 1000)
    else {
      await topic.close()
      await writer.close()
    }
  } catch (e) {
    console.log(e.code ?? e.stack, e.message)
  }
`)

/** Prints the document and the number of records, or the failure. */
const reader = program(`
  import { DirectoryLog } from './logs/directory.ts'
  import { openStateReader } from './store/index.ts'
  const [directory, state] = process.argv.slice(2)
  try {
    const reader = openStateReader(state)
    const last = Buffer.from(reader.document('last')).toString()
    await new Promise(done => setTimeout(done, 20))
    await reader.close()
    const log = await DirectoryLog.open(directory)
    let count = 0
    for await (const chunk of log.read('t', 0, 0n, (await log.partitions('t'))[0].end)) count += chunk.count
    console.log('read', last, count)
  } catch (e) {
    console.log(e.code ?? e.stack, e.message)
  }
`)

export interface Files {
  readonly log: string
  readonly state: string
}

export const startWriter = ({ log, state }: Files, name: string, { shell }: Place, stays = false): Child =>
  start(writer, [log, state, name, ...(stays ? ['stays'] : [])], shell)

export const startReader = ({ log, state }: Files, { shell }: Place): Child => start(reader, [log, state], shell)

/** The process of the program itself, by its number here. */
export function processOf({ pid }: Child, { below }: Place): number {
  let found = pid
  for (let i = 0; i < below; i++) {
    found = Number(spawnSync('pgrep', ['-P', String(found)], { encoding: 'utf8' }).stdout.split('\n')[0])
  }
  return found
}

/** Kills the program with SIGKILL; resolves once it has ended, or is a zombie. */
export async function killThere(child: Child, place: Place): Promise<void> {
  const pid = processOf(child, place)
  process.kill(pid, 'SIGKILL')
  if (place.reaps) await child.ended
  else while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await new Promise(setImmediate)
}
