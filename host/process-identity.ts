// The identity of a process, which differs from that of any later one with the same pid, and whether it still runs.
//
// Promises: a process that was killed counts as ended, also where its parent has not reaped it (a zombie), and where
// its pid has been reused (the start time differs). What cannot be seen from here is never guessed: `livenessOf`
// returns the reason.
// Not here: what that means for a lock or a state (each caller).

import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface ProcessIdentity {
  readonly pid: number
  /** When the process started, as the system prints it; empty where it is not known. */
  readonly started: string
  /** The running system: its boot id, else its name. */
  readonly boot: string
  /**
   * The pid namespace that `pid` counts in, such as `pid:[4026531836]`. Absent where the system has none; a record
   * without it is taken as one of our own namespace.
   */
  readonly pidNamespace?: string
}

/**
 * `other-boot`: a process of another machine, or of this one before its last boot; the boot id does not say which.
 * `other-namespace`: a process of this boot in another container, where its pid means nothing to us.
 */
type Liveness = 'running' | 'ended' | 'other-boot' | 'other-namespace'

export function thisProcess(): ProcessIdentity {
  const pidNamespace = ownNamespace()
  const identity = { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootOf() }
  return pidNamespace === undefined ? identity : { ...identity, pidNamespace }
}

export function livenessOf(identity: ProcessIdentity): Liveness {
  if (identity.boot !== bootOf()) return 'other-boot'
  const { pidNamespace = ownNamespace() } = identity
  if (pidNamespace !== ownNamespace()) return 'other-namespace'
  const started = startOf(identity.pid)
  if (started === undefined) return 'ended'
  const unknown = started === '' || identity.started === ''
  return unknown || started === identity.started ? 'running' : 'ended'
}

/**
 * Start of a process; empty where there is one but its start cannot be seen; undefined where there is none, or only a
 * zombie.
 */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid)
  const answer = spawnSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  if (answer.status === 0) {
    const [, state = '', started = ''] = /^(\S*)\s*(.*)$/.exec(answer.stdout.trim()) ?? []
    return state.startsWith('Z') ? undefined : started
  }
  return exists(pid) ? '' : undefined
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of proc(5)'s stat, after the command's closing bracket; field 3 is the state. */
function linuxStart(pid: number): string | undefined {
  const stat = unlessAbsent(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  // /proc may hide the processes of other users (hidepid, proc(5)).
  if (stat === undefined) return exists(pid) ? '' : undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM'])

/** Undefined where there is no such file for us. Throws every other failure, such as too many open files. */
function unlessAbsent(read: () => string): string | undefined {
  try {
    return read()
  } catch (e) {
    if (ABSENT.has((e as NodeJS.ErrnoException).code)) return undefined
    throw e
  }
}

const ownNamespace = (): string | undefined => unlessAbsent(() => readlinkSync('/proc/self/ns/pid'))

const bootOf = (): string =>
  unlessAbsent(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()) ?? hostname()
