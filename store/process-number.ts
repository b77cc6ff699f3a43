// Whether lmdb has room for a process of this number: its reader table knows processes by their numbers alone, and each
// container has a process 1.
//
// Promises: asked before lmdb is, which would wait for ten seconds and then fail untyped. A number that a process which
// has ended left behind does not count. Costs a look at a small file, and a child process only where the number stands
// there and this process has not opened the state already.
// Not here: another number for a command that reads (cli/another-process.ts).

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { LyrebirdError } from '../core/errors.ts'
import { READERS_MAX } from './limits.ts'
import { isOpenHere } from './open-states.ts'

/** Ms that a writer waits for a reader of its number, and between two looks. */
const WAIT_MS = 10_000
const LOOK_MS = 250

/** Throws `process-number-taken`. */
export function checkProcessNumber(dir: string, path: string): void {
  if (isTaken(path)) throw processNumberTaken(dir)
}

/** For a writer: waits for a reader, which is done soon. Throws `process-number-taken`. */
export async function waitForProcessNumber(dir: string, path: string): Promise<void> {
  const until = performance.now() + WAIT_MS
  while (isTaken(path)) {
    if (performance.now() > until) throw processNumberTaken(dir)
    await sleep(LOOK_MS)
  }
}

export function processNumberTaken(dir: string, cause?: unknown): LyrebirdError {
  return new LyrebirdError(
    'process-number-taken',
    `the state in ${dir} is open in another container by a process of the same number as this one, ${process.pid}`,
    {
      where: { state: dir, pid: process.pid },
      hint: "wait for it or end it; or start this one as a child of a shell, which gives it another number: sh -c 'lyrebird ...; exit $?'",
      cause,
    },
  )
}

function isTaken(path: string): boolean {
  return !isOpenHere(path) && isListed(`${path}-lock`) && isListedAmongLiving(path)
}

/**
 * Whether a row of the reader table may have this number. Rows of 64 bytes fill the file from its
 * end; the number stands at byte 8. */
function isListed(lockFile: string): boolean {
  if (!existsSync(lockFile)) return false
  const bytes = readFileSync(lockFile)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const little = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  for (let row = bytes.length % 64; row + 64 <= bytes.length; row += 64) {
    if (view.getInt32(row + 8, little) === process.pid) return true
  }
  return false
}

/** Asks a process of another number, where lmdb forgets all that have ended. */
function isListedAmongLiving(path: string): boolean {
  const options = { noSubdir: true, readOnly: true, overlappingSync: false, maxReaders: READERS_MAX }
  const lmdb = createRequire(import.meta.url).resolve('lmdb')
  const text = `
    const db = require(${JSON.stringify(lmdb)}).open(${JSON.stringify(path)}, ${JSON.stringify(options)})
    console.log(db.readerList())
    db.close()`
  const { stdout } = spawnSync(process.execPath, ['-e', text], { encoding: 'utf8', timeout: WAIT_MS })
  return [...(stdout ?? '').matchAll(/^ *(\d+) /gm)].some(([, pid]) => Number(pid) === process.pid)
}
