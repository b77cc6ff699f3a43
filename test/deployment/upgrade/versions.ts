// Three versions of a job for tests on real processes: `doubled` shows what `total` does, times a factor of the
// version.

import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { count, job, source, sum, tumbling } from '../../../dsl/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { programOf } from '../../support/run-job.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}

/** What `doubled` is to `total`. */
export const FACTOR = { old: 1, new: 2, last: 3 } as const
export type Version = keyof typeof FACTOR

const EDITED = {
  old: (e: Event) => e.n,
  new: (e: Event) => e.n * 2,
  last: (e: Event) => e.n * 3,
} satisfies Record<Version, (e: Event) => number>

/** `total`, `windows` and `closed` are the same in all; `extra` and `copies` come with the new one. */
export function versionOf(version: Version): FunctionsModule {
  const events = source<Event>('events', { time: e => e.t, disorder: '1s' })
  const keyed = events.keyBy(e => e.k)
  const windows = keyed.window(tumbling('10s')).aggregate({ n: count(), sum: sum(e => e.n) })
  const results = {
    total: keyed.sum(e => e.n),
    doubled: keyed.sum(EDITED[version]),
    windows,
    closed: windows.closed().to('closed', { partitions: 2 }),
  }
  const more = { extra: keyed.count(), copies: events.filter(e => e.n > 3).to('copies') }
  return interpretedModule(programOf(job('versions', version === 'old' ? results : { ...results, ...more })))
}
