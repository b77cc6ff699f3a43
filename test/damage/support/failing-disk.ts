// Processes whose disk fails once: a library of our own stands before libc (failing-disk.c), built for the tests.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type DiskFault = 'torn' | 'sync'

export interface FailingDisk {
  /** For `startVictim`: what lies under the folder fails at the nth call; never for 0. */
  shell(under: string, fault: DiskFault, nth: number): string
  /** The calls of the last process: w, s, or F where it failed, and the path. */
  calls(): readonly string[]
  remove(): void
}

/** Null where there is no C compiler. */
export function failingDisk(): FailingDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-failing-disk-'))
  const [library, told] = [join(folder, 'failing-disk.so'), join(folder, 'calls')]
  const source = join(import.meta.dirname, 'failing-disk.c')
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { encoding: 'utf8' })
  if (built.error !== undefined) return null
  if (built.status !== 0) throw new Error(built.stderr)
  return {
    shell(under, fault, nth) {
      rmSync(told, { force: true })
      const settings = { DISK_UNDER: under, DISK_FAULT: fault, DISK_NTH: nth, DISK_CALLS: told, LD_PRELOAD: library }
      return `export ${Object.entries(settings)
        .map(([name, value]) => `${name}='${value}'`)
        .join(' ')}`
    },
    calls: () => (existsSync(told) ? readFileSync(told, 'utf8').split('\n').filter(Boolean) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
