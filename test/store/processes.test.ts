// Several processes on one state: one writer, its lock, readers meanwhile, sudden death.
//
// Promises: the second writer is refused with the pid of the first; a killed one holds nothing; readers see whole
// commits; no acknowledged commit is lost and none is half there.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ProcessIdentity, thisProcess } from '../../host/process-identity.ts'
import { openStateReader, openStateWriter } from '../../store/index.ts'
import { Lmdb, ROOT_KEY } from '../../store/lmdb.ts'
import { decodeRoot, encodeRoot } from '../../store/root.ts'
import { killUnreaped, program, start, UNREAPED } from '../support/child.ts'
import { COMMITTER, commitShown } from './support/commits.ts'

const committer = program(COMMITTER)

/** Holds a state until it is killed, and prints its pid. */
const holder = program(`
  import { openStateWriter } from './store/index.ts'
  await openStateWriter(process.argv[2])
  console.log(process.pid)
  setInterval(() => {}, 1000)
`)

/** Stops itself inside a transaction, where it holds the lock of lmdb itself. */
const stopped = program(`
  import { openStateWriter } from './store/index.ts'
  const writer = await openStateWriter(process.argv[2])
  await writer.commit(txn => {
    txn.putDocument('number', Uint8Array.of(1))
    console.log(process.pid)
    process.kill(process.pid, 'SIGSTOP')
  })
`)

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a second writer is refused with the pid of the first; a killed writer holds nothing', async () => {
  const child = start(committer, [dir])
  expect(await child.line()).toBe('open')
  await expect(openStateWriter(dir)).rejects.toThrow(
    expect.objectContaining({ code: 'state-locked', message: expect.stringContaining(`process ${child.pid}`) }),
  )
  child.kill('SIGKILL')
  await child.ended
  const writer = await openStateWriter(dir)
  expect(writer.epoch).toBe(2)
  await writer.close()
})

test.runIf(process.platform === 'linux')('a writer that was killed and not reaped holds nothing', async () => {
  const child = start(holder, [dir], UNREAPED)
  const pid = Number(await child.line())
  await expect(openStateWriter(dir)).rejects.toThrow(expect.objectContaining({ code: 'state-locked' }))
  await killUnreaped(pid)
  const writer = await openStateWriter(dir)
  expect(writer.epoch).toBe(2)
  await writer.close()
})

test('a second writer is refused at once while the first is stopped inside a transaction', async () => {
  const child = start(stopped, [dir])
  const pid = Number(await child.line())
  const refused = { code: 'state-locked', where: { state: dir, pid } }
  await expect(openStateWriter(dir)).rejects.toMatchObject(refused)
  // The owner as a version that took no lock of its own would leave it.
  rmSync(join(dir, '.lock'))
  await expect(openStateWriter(dir)).rejects.toMatchObject(refused)
  child.kill('SIGKILL')
  await child.ended
  const writer = await openStateWriter(dir)
  expect(writer.document('number')).toBeUndefined()
  await writer.close()
})

test('an owner without a pid namespace is judged by the rest of its record', async () => {
  await (await openStateWriter(dir)).close()
  const { pid, started, boot } = thisProcess()
  await forgeOwner({ pid, started, boot }, 0)
  await expect(openStateWriter(dir)).rejects.toThrow(expect.objectContaining({ code: 'state-locked' }))
})

test('a writer of the same process is refused until the first is closed', async () => {
  const first = await openStateWriter(dir)
  await expect(openStateWriter(dir)).rejects.toThrow(expect.objectContaining({ code: 'state-locked' }))
  await first.commit(txn => txn.putDocument('a', Uint8Array.of(1)))
  await first.close()
  const second = await openStateWriter(dir)
  expect(second.document('a')).toEqual(Uint8Array.of(1))
  await second.close()
})

test.each([
  ['a process that ended', { pid: 2 ** 22 + 1 }],
  ['an earlier process with the same pid', { started: '1' }],
  ['a process of an earlier boot', { boot: 'another' }],
  ['a process of another container', { pidNamespace: 'pid:[1]' }],
])('a state left behind by %s is taken over', async (_, change) => {
  await (await openStateWriter(dir)).close()
  await forgeOwner({ ...thisProcess(), ...change }, 0)
  const writer = await openStateWriter(dir)
  await writer.close()
})

test('an overtaken writer changes nothing', async () => {
  const writer = await openStateWriter(dir)
  await writer.commit(txn => txn.putDocument('a', Uint8Array.of(1)))
  await forgeOwner({ ...thisProcess(), boot: 'another' }, 1)
  const late = writer.commit(txn => txn.putDocument('a', Uint8Array.of(2)))
  await expect(late).rejects.toMatchObject({ code: 'stale-owner', where: { epoch: 1, newest: 2 } })
  expect(writer.document('a')).toEqual(Uint8Array.of(1))
  await writer.close()
  const next = await openStateWriter(dir)
  expect(next.epoch).toBe(3)
  expect(next.document('a')).toEqual(Uint8Array.of(1))
  await next.close()
})

test('readers see whole commits while another process commits and compacts', async () => {
  const child = start(committer, [dir])
  await child.line()
  await child.line()
  const seen = new Set<number>()
  const pinned = openStateReader(dir)
  const first = commitShown(pinned)
  for (let i = 0; i < 400 && seen.size < 40; i++) {
    const reader = openStateReader(dir)
    seen.add(commitShown(reader))
    await reader.close()
    await child.line()
  }
  expect(seen.size).toBeGreaterThan(3)
  expect(commitShown(pinned)).toBe(first)
  await pinned.close()
})

test('after kill -9 the state is a commit that is not older than the last acknowledged one', async () => {
  for (let round = 0; round < 6; round++) {
    const child = start(committer, [dir])
    let acknowledged = -1
    let line = await child.line()
    for (let i = 0; i < 10 + round * 7 && line !== undefined; i++) line = await child.line()
    setImmediate(() => child.kill('SIGKILL'))
    for (; line !== undefined; line = await child.line()) acknowledged = Number(line)
    await child.ended
    const reader = openStateReader(dir)
    const shown = commitShown(reader)
    await reader.close()
    expect(shown).toBeGreaterThanOrEqual(acknowledged)
    expect(shown).toBeLessThanOrEqual(acknowledged + 1)
  }
})

/** Writes an owner into the state without a writer. */
async function forgeOwner(owner: ProcessIdentity, epochs: number): Promise<void> {
  const lmdb = new Lmdb(dir, { readOnly: false })
  lmdb.transaction(() => {
    const root = decodeRoot(lmdb.get(ROOT_KEY) as Uint8Array, dir)
    const transaction = lmdb.db.getWriteTxnId()
    lmdb.put(ROOT_KEY, encodeRoot({ ...root, owner, epoch: root.epoch + epochs, transaction }))
  })
  await lmdb.close()
}
