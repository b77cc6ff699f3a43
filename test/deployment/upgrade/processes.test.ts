// Upgrades as real processes: over a living old version, read at all times; killed at each step; two at once.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { UPGRADE_STEPS } from '../../../deployment/upgrade/steps.ts'
import { nextOf } from '../../../run/state/folders.ts'
import { testFolder } from '../../run/support/folder.ts'
import {
  allOf,
  appendSome,
  HALF,
  oldState,
  type Places,
  resultsOf,
  says,
  snapshotOf,
  startVersion,
  touch,
} from './processes-support.ts'
import type { Version } from './versions.ts'

const LIMIT_MS = 120_000
const WHOLE = 2000

async function expectWhole(version: Version, places: Places): Promise<void> {
  const { own, fresh } = await resultsOf(version, places)
  expect(own).toEqual(fresh)
}

it('the old version goes on and is read until the new one is in its place', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  const old = startVersion('old', places)
  expect((await says(old, 'live')).came).toBe(true)
  const go = join(testFolder(), 'go')
  const upgrade = startVersion('new', places, { upgrade: true, at: 'computed', file: go })
  await says(upgrade, 'computed')
  // While the new version waits there, the old one reads on.
  const before = await snapshotOf(places.state)
  await appendSome(places.log, HALF, HALF + 200)
  let seen = await snapshotOf(places.state)
  while (seen?.sum === before?.sum) seen = await snapshotOf(places.state)
  touch(go)
  const versions: (Version | undefined)[] = []
  let commit = 0
  for (;;) {
    const now = await snapshotOf(places.state)
    expect(now, 'one version, whole').not.toBeNull()
    expect(now?.commit).toBeGreaterThanOrEqual(commit)
    commit = now?.commit as number
    if (versions.at(-1) !== now?.version) versions.push(now?.version)
    if (now?.version === 'new') break
  }
  expect(versions).toEqual(['old', 'new'])
  const said = await allOf(old)
  expect(said.join('\n')).toContain(`process ${upgrade.pid} takes this state over`)
  expect(await old.ended).toMatchObject({ code: 0, stderr: '' })
  expect((await says(upgrade, 'live')).came).toBe(true)
  await appendSome(places.log, HALF + 200, WHOLE)
  const whole = await resultsOf('new', places).then(({ fresh }) => fresh.views.get('extra'))
  expect(whole).toBeDefined()
  upgrade.kill('SIGTERM')
  expect(await upgrade.ended).toMatchObject({ code: 0, stderr: '' })
  await allOf(startVersion('new', places, { end: true }))
  await expectWhole('new', places)
})

it.each(UPGRADE_STEPS)('killed at %s, the state is whole, in one version', { timeout: LIMIT_MS }, async step => {
  const places = await oldState()
  const killed = startVersion('new', places, { upgrade: true, end: true, at: step })
  const said = await allOf(killed)
  expect((await killed.ended).signal, said.join('\n')).toBe('SIGKILL')
  const version = (await snapshotOf(places.state))?.version
  const swapped = UPGRADE_STEPS.indexOf(step) >= UPGRADE_STEPS.indexOf('swapped')
  expect(version).toBe(swapped ? 'new' : 'old')
  await appendSome(places.log, HALF, WHOLE)
  // The version that the state has goes on as if nothing had been.
  const isBegun = existsSync(nextOf(places.state)) && !swapped
  const plain = startVersion(version as Version, places, { end: true })
  const told = (await allOf(plain)).some(line => line.startsWith('an upgrade of this state was begun'))
  expect((await plain.ended).code).toBe(0)
  expect(told).toBe(isBegun)
  expect(existsSync(nextOf(places.state))).toBe(isBegun)
  await expectWhole(version as Version, places)
  expect((await startVersion('new', places, { end: true, upgrade: true }).ended).code).toBe(0)
  await expectWhole('new', places)
  expect(existsSync(nextOf(places.state))).toBe(false)
})

it('an owner that was asked by a process that has died goes on', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  const old = startVersion('old', places)
  await says(old, 'live')
  // It looks again only once the other one has died.
  old.kill('SIGSTOP')
  await allOf(startVersion('new', places, { upgrade: true, end: true, at: 'asked' }))
  old.kill('SIGCONT')
  const before = await snapshotOf(places.state)
  await appendSome(places.log, HALF, WHOLE)
  let seen = await snapshotOf(places.state)
  while (seen?.sum === before?.sum) seen = await snapshotOf(places.state)
  expect(seen?.version).toBe('old')
  // The next one is heard.
  await allOf(startVersion('new', places, { upgrade: true, end: true }))
  expect((await old.ended).code).toBe(0)
  await expectWhole('new', places)
})

it('an owner that is killed while it is asked is taken over', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  const old = startVersion('old', places)
  await says(old, 'live')
  const go = join(testFolder(), 'go')
  const upgrade = startVersion('new', places, { upgrade: true, end: true, at: 'asked', file: go })
  await says(upgrade, 'asked')
  old.kill('SIGKILL')
  await old.ended
  await appendSome(places.log, HALF, WHOLE)
  touch(go)
  await allOf(upgrade)
  expect((await upgrade.ended).code).toBe(0)
  await expectWhole('new', places)
})

it('an upgrade that was killed is gone on with', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  await startVersion('new', places, { upgrade: true, end: true, at: 'computed' }).ended
  expect(existsSync(nextOf(places.state))).toBe(true)
  await appendSome(places.log, HALF, WHOLE)
  // Another version than the one that was begun.
  expect((await startVersion('last', places, { upgrade: true, end: true }).ended).code).toBe(0)
  await expectWhole('last', places)
})

it('two upgrades at once: the second one is refused', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  const go = join(testFolder(), 'go')
  const first = startVersion('new', places, { upgrade: true, end: true, at: 'computed', file: go })
  await says(first, 'computed')
  const second = startVersion('last', places, { upgrade: true, end: true })
  const said = await allOf(second)
  expect(said.join('\n')).toContain(
    `refused state-locked the state in ${places.state} is being upgraded by process ${first.pid}`,
  )
  expect((await second.ended).code).toBe(6)
  touch(go)
  await allOf(first)
  expect((await first.ended).code).toBe(0)
  await expectWhole('new', places)
})

it('an older version started on the upgraded state is refused', { timeout: LIMIT_MS }, async () => {
  const places = await oldState()
  await allOf(startVersion('new', places, { upgrade: true, end: true }))
  const older = startVersion('old', places, { end: true })
  expect((await allOf(older)).join('\n')).toContain('refused state-incompatible')
  expect((await older.ended).code).toBe(6)
  await expectWhole('new', places)
})
