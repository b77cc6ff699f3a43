// A stream that is stopped by a signal, a second writer that is refused, and a full disk.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openStateReader } from '../../store/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, largeLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { differenceFromBatch, startVictim } from './support/victims.ts'

const { shape, build } = JOBS.traffic as (typeof JOBS)[string]
const functions = interpretedModule(build())
const input = largeLog(5, { ...shape, gaps: false, maxRecords: 80 })
const order = { job: 'traffic', commitIntervalMs: 20 } as const

it('SIGTERM: commits and exits with 0', async () => {
  const folder = testFolder()
  const [log, state] = [join(folder, 'log'), join(folder, 'state')]
  await embeddedLog(log, input)
  const stream = startVictim({ ...order, target: 'live', log, state, commitIntervalMs: 60_000 })
  // A busy machine takes its time to start a process.
  while (!existsSync(join(state, 'state.mdb'))) await sleep(20)
  await sleep(1000)
  stream.kill('SIGTERM')
  expect(await stream.ended).toEqual({ code: 0, signal: null, stderr: '' })
  expect(await differenceFromBatch(functions, log, state, folder)).toBeNull()
})

it('a second process is refused while the first runs', async () => {
  const folder = testFolder()
  const [log, state] = [join(folder, 'log'), join(folder, 'state')]
  await embeddedLog(log, input)
  const first = startVictim({ ...order, target: 'live', log, state })
  expect(await first.line()).toBe('committed')
  const second = await startVictim({ ...order, target: 'batch', log, state }).ended
  expect(second.code).toBe(6)
  expect(second.stderr).toMatch(new RegExp(`^state-locked .*process ${first.pid}`))
  first.kill('SIGTERM')
  expect((await first.ended).code).toBe(0)
  expect(await differenceFromBatch(functions, log, state, folder)).toBeNull()
})

/** A small file system, where this process may mount one; else null. */
function smallDisk(folder: string): string | null {
  const path = join(folder, 'disk')
  mkdirSync(path)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', path]).status !== 0) return null
  onTestFinished(() => {
    execFileSync('umount', ['-l', path])
  })
  return path
}

it('a full disk: exit 1, the last commit is intact, and the run continues when there is room', async () => {
  const folder = testFolder()
  const log = join(folder, 'log')
  await embeddedLog(log, input)
  const disk = smallDisk(folder)
  console.log(disk === null ? 'disk full: by a limit on file sizes' : 'disk full: on a tmpfs of 3 MB')
  const state = join(disk ?? folder, 'state')
  const half = startVictim({ ...order, target: 'schedule', seed: 4, log, state, kill: { step: 'begin', nth: 3 } })
  expect((await half.ended).signal).toBe('SIGKILL')
  const before = positionsOf(state)
  const ballast = join(disk ?? folder, 'ballast')
  if (disk !== null) fill(ballast, disk)
  // Without such a disk: the run may not write a file longer than the state's now is (in blocks of 1 KiB).
  const shell = disk === null ? `ulimit -f ${Math.ceil(sizeOf(state) / 1024)}; trap '' XFSZ` : undefined
  const full = await startVictim({ ...order, target: 'batch', log, state }, shell).ended
  // lmdb may print a message of its own first.
  expect(full.stderr).toContain('disk-full ')
  expect(full.code).toBe(1)
  expect(positionsOf(state)).toBe(before)
  rmSync(ballast, { force: true })
  expect(await startVictim({ ...order, target: 'batch', log, state }).ended).toMatchObject({ code: 0, stderr: '' })
  expect(await differenceFromBatch(functions, log, state, folder)).toBeNull()
})

function positionsOf(state: string): string {
  const reader = openStateReader(state)
  const progress = reader.document('progress')
  void reader.close()
  return Buffer.from(progress ?? []).toString('hex')
}

function sizeOf(state: string): number {
  const path = join(state, readdirSync(state).find(name => name.endsWith('.mdb')) as string)
  return Number(execFileSync('stat', ['-c', '%s', path], { encoding: 'utf8' }))
}

/** Fills the disk but for a little. */
function fill(ballast: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - 4096)))
}
