// A log between places: another host name, another pid namespace, a parent that reaps nobody; and a state the same way.
//
// Needs root and unshare(1); says so where it cannot run.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { program, start } from '../support/child.ts'
import { allValues } from './support/read-log.ts'

/** Runs a program as the first process of a new pid namespace, under a host name of its own. */
const place = (host: string) =>
  `exec unshare -p -f --mount-proc -u --kill-child sh -c 'hostname ${host}; exec "$@"' sh "$@"`

const possible = spawnSync('unshare', ['-p', '-f', '--mount-proc', '-u', 'true']).status === 0
if (!possible) console.warn('places.test.ts: no unshare here, so nothing was tried in other namespaces')

/** Appends three records, prints that, and waits to be killed; or appends one and ends; prints the failure's code. */
const writer = program(`
  import { OutputTopic } from './logs/embedded/output-topic.ts'
  import { openStateWriter } from './store/index.ts'
  const [log, state, name, stays] = process.argv.slice(2)
  try {
    const topic = await OutputTopic.openForAppend(log, 't', 1)
    const writer = await openStateWriter(state)
    const record = { timestamp: 0, key: null, value: Buffer.from(name), headers: [] }
    await topic.append(0, [record, record, record])
    await writer.commit(txn => txn.putDocument(name, Uint8Array.of(1)))
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

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lyrebird-places-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const valuesOf = async (log: string) => await allValues(await DirectoryLog.open(log), 't')

test.runIf(possible).each([
  ['of a killed container under another host name', 'SIGKILL', place('a'), place('b')],
  ['of a killed container, from outside', 'SIGKILL', place('a'), undefined],
  ['of a process outside that was killed, in a container', 'SIGKILL', undefined, place('b')],
  ['of a container that was stopped before it was killed', 'SIGSTOP', place('a'), place('b')],
] as const)('the locks %s are taken over at once, and not before', async (_, signal, first, second) => {
  const [log, state] = [join(folder(), 'log'), join(folder(), 'state')]
  const holder = start(writer, [log, state, 'one', 'stays'], first)
  expect(await holder.line()).toMatch(first === undefined ? /^wrote \d+ 1$/ : /^wrote 1 1$/)
  expect(await start(writer, [log, state, 'two'], second).line()).toMatch(
    /^log-locked t\/0 is being written by process/,
  )
  if (signal === 'SIGSTOP') {
    const [inside] = spawnSync('pgrep', ['-P', String(holder.pid)], { encoding: 'utf8' }).stdout.split('\n')
    process.kill(Number(inside), 'SIGSTOP')
    expect(await start(writer, [log, state, 'two'], second).line()).toMatch(/^log-locked/)
  }
  holder.kill('SIGKILL')
  await holder.ended
  expect(await start(writer, [log, state, 'two'], second).line()).toMatch(/^wrote \d+ 2$/)
  expect(await valuesOf(log)).toEqual(['one', 'one', 'one', 'two', 'two', 'two'])
})

test.runIf(possible)('a state of a living container is locked, and free once the container is gone', async () => {
  const state = join(folder(), 'state')
  const holder = start(writer, [join(folder(), 'log'), state, 'one', 'stays'], place('a'))
  await holder.line()
  const other = () => start(writer, [join(folder(), 'log'), state, 'two'], place('b')).line()
  expect(await other()).toMatch(/^state-locked .* process 1 on a$/)
  holder.kill('SIGKILL')
  await holder.ended
  expect(await other()).toBe('wrote 1 2')
})
