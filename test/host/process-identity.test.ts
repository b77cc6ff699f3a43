// Whether a process runs: killed but not reaped, a reused pid, another boot, another pid namespace, records without a
// namespace.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test, vi } from 'vitest'
import { livenessOf, type ProcessIdentity, thisProcess } from '../../host/process-identity.ts'

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** The record without its namespace, as other versions write it. */
function older({ pid, started, boot }: ProcessIdentity): ProcessIdentity {
  return { pid, started, boot }
}

test('this process runs, by its own record and by one without a namespace', () => {
  expect(livenessOf(thisProcess())).toBe('running')
  expect(livenessOf(older(thisProcess()))).toBe('running')
})

test.each<[string, Partial<ProcessIdentity>, string]>([
  ['a pid that nobody has', { pid: 2 ** 22 + 1 }, 'ended'],
  ['a pid that was given to another process', { started: '1' }, 'ended'],
  ['a process whose start was not known', { started: '' }, 'running'],
  ['another boot', { boot: 'another' }, 'other-boot'],
  ['another boot, whatever its namespace', { boot: 'another', pidNamespace: 'pid:[1]' }, 'other-boot'],
])('%s', (_, change, liveness) => {
  expect(livenessOf({ ...thisProcess(), ...change })).toBe(liveness)
})

test.runIf(process.platform === 'linux')('a pid of another namespace decides nothing', () => {
  expect(thisProcess().pidNamespace).toMatch(/^pid:\[\d+\]$/)
  expect(livenessOf({ ...thisProcess(), pidNamespace: 'pid:[1]' })).toBe('other-namespace')
})

test.runIf(process.platform === 'linux')('a killed process that nobody has reaped has ended', async () => {
  // The shell is replaced by a program that does not wait for the child.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(parent)
  const [line] = (await once(parent.stdout as NonNullable<typeof parent.stdout>, 'data')) as [Buffer]
  const pid = Number(String(line))
  const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  const identity = { ...thisProcess(), pid, started: fields()[19] as string }
  expect(livenessOf(identity)).toBe('running')
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(fields()[0]).toBe('Z'), { timeout: 20_000 })
  expect(fields()[19]).toBe(identity.started)
  expect(livenessOf(identity)).toBe('ended')
})
