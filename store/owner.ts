// Who owns a state: a process, told apart from any later one that is given the same number.
//
// Promises: an owner that was killed counts as gone, also where its pid has been given away again (start time and boot differ).
// The owner stands in the state itself and is taken over in a transaction of lmdb, so that two never take over at once.
// Leaves to the epoch in `writer.ts`: owners that cannot see each other (another machine, another container).

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

export interface Owner {
  readonly pid: number
  /** When the process started, in the words of the system; empty where it does not tell. */
  readonly started: string
  /** The running system: its boot id, else its name. */
  readonly boot: string
}

export function thisProcess(): Owner {
  return { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootOf() }
}

/** False if the owner's process has ended. One of another system counts as ended: the epoch fences it off. */
export function isAlive(owner: Owner): boolean {
  return owner.boot === bootOf() && startOf(owner.pid) === owner.started
}

/** Start of a process; undefined where there is none, or only its remains (a zombie). */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid)
  const told = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  if (told.status === 0) return told.stdout.trim()
  try {
    process.kill(pid, 0)
    return ''
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM' ? '' : undefined
  }
}

/** Field 22 of proc(5)'s stat, after the command's closing bracket; field 3 is the state. */
function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return hostname()
  }
}
