// Locks: who holds them, whose are taken over, and by what that is known.

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isLocalDisk } from '../../host/local-disk.ts'
import { type LockHolder, readLock } from '../../host/lock-holder.ts'
import { type LockWish, ProcessLock } from '../../host/process-lock.ts'
import { killUnreaped, program, start, UNREAPED } from '../support/child.ts'

/** Takes a lock, prints its pid, and holds it until it is killed. */
const holder = program(`
  import { ProcessLock } from './host/process-lock.ts'
  await ProcessLock.acquire(process.argv[2], { locked: () => new Error('locked') })
  console.log(process.pid)
  setInterval(() => {}, 1000)
`)

type Change = { readonly [K in keyof LockHolder]?: LockHolder[K] | undefined }

function folder(name = ''): string {
  const path = mkdtempSync(join(tmpdir(), `lyrebird-lock-${name}`))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const acquire = (path: string, wish: Partial<LockWish> = {}) =>
  ProcessLock.acquire(path, { locked: by => new Error(`locked by ${by?.pid}`), ...wish })

/** Takes the lock and gives it back; tells whether its holder before was seen to have ended. */
async function taken(path: string, wish: Partial<LockWish> = {}): Promise<boolean> {
  const lock = await acquire(path, wish)
  expect(await lock.isHeld()).toBe(true)
  await lock.release()
  expect(readdirSync(join(path, '..'))).toEqual([])
  return lock.proven
}

/** A lock file with a changed record of this process, as one that ended would leave it. */
async function forged(change: Change): Promise<string> {
  const path = join(folder(), '.lock')
  const lock = await acquire(path)
  const found = (await readLock(path))?.holder as LockHolder
  await lock.release()
  writeFileSync(path, JSON.stringify({ ...found, ...change }))
  return path
}

const linux = process.platform === 'linux'
/** As versions without sockets wrote it. */
const bare = { socket: undefined, inode: undefined }
const refused = `locked by ${process.pid}`

test('a lock belongs to one at a time, and leaves nothing behind', async () => {
  const path = join(folder(), '.lock')
  const lock = await acquire(path)
  await expect(acquire(path)).rejects.toThrow(refused)
  await lock.release()
  expect(await taken(path)).toBe(true)
})

test.each<[string, Change]>([
  ['a pid that nobody has', { ...bare, pid: 2 ** 22 + 1 }],
  ['a pid that was given to another process', { ...bare, started: '1' }],
])('a record without a socket: %s has ended', async (_, change) => {
  expect(await taken(await forged(change))).toBe(true)
})

test('a record without a socket whose process runs holds', async () => {
  await expect(acquire(await forged(bare))).rejects.toThrow(refused)
  await expect(acquire(await forged({ ...bare, pidNamespace: undefined }))).rejects.toThrow(refused)
})

test.runIf(linux)('on a local disk a holder of another boot has ended, whatever the host was called', async () => {
  const path = await forged({ boot: 'another', host: 'elsewhere' })
  expect(isLocalDisk(join(path, '..'))).toBe(true)
  expect(await taken(path)).toBe(true)
  expect(await taken(await forged({ ...bare, boot: 'another', host: 'elsewhere' }))).toBe(true)
})

test.runIf(linux)('an unseen holder is taken over after a silence, and that is no proof', async () => {
  const unseen = { ...bare, pidNamespace: 'pid:[1]' }
  expect(await taken(await forged(unseen), { silenceMs: 300 })).toBe(false)
  expect(await taken(await forged(unseen), { takeUnseen: true })).toBe(false)
  const alive = await forged(unseen)
  const touching = setInterval(() => utimesSync(alive, new Date(), new Date()), 20)
  await expect(acquire(alive, { silenceMs: 300 })).rejects.toThrow('locked by')
  clearInterval(touching)
})

test('a damaged record does not free the lock of a living holder', async () => {
  const path = join(folder(), '.lock')
  const lock = await acquire(path)
  writeFileSync(path, 'half a rec')
  await expect(acquire(path)).rejects.toThrow('locked by undefined')
  await lock.release()
})

test.runIf(linux)('a damaged record that nobody stands behind is taken over', async () => {
  const path = join(folder(), '.lock')
  writeFileSync(path, '')
  expect(await taken(path)).toBe(true)
})

test.runIf(linux)('a copy of a locked directory is not locked', async () => {
  const [original, copy] = [folder(), folder()]
  const lock = await acquire(join(original, '.lock'))
  await cp(original, copy, { recursive: true, filter: name => !name.endsWith('.sock') })
  expect(await taken(join(copy, '.lock'))).toBe(true)
  await lock.release()
})

test('a holder whose lock was taken away knows it, and takes none away', async () => {
  const path = join(folder(), '.lock')
  const first = await acquire(path)
  renameSync(path, `${path}-gone`)
  const second = await acquire(path)
  expect([await first.isHeld(), await second.isHeld()]).toEqual([false, true])
  await first.release()
  expect(await second.isHeld()).toBe(true)
  await second.release()
})

test('waiters get the lock one after the other, each told once whom it waits for', async () => {
  const path = join(folder(), '.lock')
  const told: unknown[] = []
  let holders = 0
  const one = async () => {
    const lock = await acquire(path, { waitMs: 60_000, onWait: by => told.push(by?.pid) })
    expect(++holders).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 5))
    holders--
    await lock.release()
  }
  await Promise.all(Array.from({ length: 6 }, one))
  expect(told.length).toBeLessThanOrEqual(6)
  expect(told.filter(pid => pid === process.pid).length).toBeGreaterThanOrEqual(5)
  await acquire(path)
  await expect(acquire(path, { waitMs: 120 })).rejects.toThrow(refused)
})

test.runIf(linux).each(['', 'x'.repeat(150)])(
  'a stopped holder holds; a killed, unreaped one does not (%s)',
  async name => {
    const path = join(folder(name), '.lock')
    const child = start(holder, [path], UNREAPED)
    const pid = Number(await child.line())
    process.kill(pid, 'SIGSTOP')
    await expect(acquire(path)).rejects.toThrow(`locked by ${pid}`)
    await killUnreaped(pid)
    expect(await taken(path)).toBe(true)
  },
)

test('a lock is lost with its file, whatever stands there then', async () => {
  const path = join(folder(), '.lock')
  const lock = await acquire(path)
  const own = readFileSync(path)
  rmSync(path)
  expect(await lock.isHeld(), 'no file').toBe(false)
  // Disks give the number of a file that is gone to the next one.
  writeFileSync(path, 'of another process')
  expect(await lock.isHeld(), 'another file').toBe(false)
  rmSync(path)
  writeFileSync(path, own)
  expect(await lock.isHeld(), 'the same record, as a restored copy has it').toBe(true)
  await lock.release()
})
