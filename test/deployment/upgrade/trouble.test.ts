// Upgrades that meet an owner in its history, or a full disk: the old version, whole, or the new one.

import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { testFolder } from '../../run/support/folder.ts'
import {
  allOf,
  appendSome,
  HALF,
  newPlaces,
  oldState,
  type Places,
  resultsOf,
  says,
  snapshotOf,
  startVersion,
  touch,
} from './processes-support.ts'

const LIMIT_MS = 120_000

const mounts = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

it('an owner that is in its history is asked, ends at a commit, and is gone on from', {
  timeout: LIMIT_MS,
}, async () => {
  const places = await oldState()
  await appendSome(places.log, HALF, 40_000)
  const old = startVersion('old', places, { slow: true })
  await says(old, 'step')
  const upgrade = startVersion('new', places, { upgrade: true, end: true })
  const said = (await allOf(old)).join('\n')
  expect(said).toContain(`process ${upgrade.pid} takes this state over`)
  // It was in the middle of it.
  expect(said).not.toContain('live')
  expect(await old.ended).toMatchObject({ code: 0, stderr: '' })
  expect((await allOf(upgrade)).join('\n')).not.toContain('refused')
  expect((await upgrade.ended).code).toBe(0)
  const { own, fresh } = await resultsOf('new', places)
  expect(own).toEqual(fresh)
})

/** At which step the disk is full: while it is computed beside, before rows are copied, and before the swap. */
describe.skipIf(!mounts)('on a full disk', { timeout: LIMIT_MS }, () => {
  it.each(['compared', 'owned', 'caught-up'])(
    'from %s on, the state is the old version until there is room',
    async step => {
      const places = await oldState(onSmallDisk())
      const before = await snapshotOf(places.state)
      expect(before?.version).toBe('old')
      const go = join(testFolder(), 'go')
      const upgrade = startVersion('new', places, { upgrade: true, end: true, at: step, file: go })
      await says(upgrade, step)
      const makeRoom = fill(places.state)
      touch(go)
      expect((await allOf(upgrade)).join('\n')).toContain('refused disk-full')
      expect((await upgrade.ended).code).toBe(1)
      expect(await snapshotOf(places.state)).toEqual(before)
      makeRoom()
      const again = startVersion('new', places, { upgrade: true, end: true })
      expect((await allOf(again)).join('\n')).not.toContain('refused')
      const { own, fresh } = await resultsOf('new', places)
      expect(own).toEqual(fresh)
    },
  )
})

/** The log lies elsewhere. */
function onSmallDisk(): Places {
  const disk = join(testFolder(), 'disk')
  mkdirSync(disk)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status).toBe(0)
  onTestFinished(() => void spawnSync('umount', ['-l', disk]))
  return { ...newPlaces(), state: join(disk, 'state') }
}

/** Leaves no page of the disk of a path; gives what makes room again. */
function fill(path: string): () => void {
  const ballast = join(path, '..', 'ballast')
  const { bavail, bsize } = statfsSync(path)
  writeFileSync(ballast, new Uint8Array(bavail * bsize))
  return () => rmSync(ballast)
}
