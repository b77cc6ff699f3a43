// What the fast path costs, in operations and not in time: for jobs of every shape that it is made for, how often a
// record or a row is visited on its own.

import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { newKernel, type OwnKernel } from '../../core/kernel/kernel-over.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { reference } from '../../core/reference/reference.ts'
import type { ChangeSink } from '../../core/state/environment.ts'
import { kernelModule } from '../../host/kernel-module.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { folderOf, jobFile } from '../compiler/support/job-folder.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

const HEAD = `import { count, first, hopping, job, max, session, source, sum, tumbling } from 'lyrebird'
interface Event { time: number; user: string; page: string; country: string; amount: number; status: number }
const events = source<Event>('e', { time: e => e.time, disorder: '5s' })
`

interface Shape {
  /** The view. */
  readonly text: string
  /** More results, made of it. */
  readonly more?: string
  readonly lookups: number
  /** Visits of single rows on their way to the state, a row of the view. */
  readonly rows: number
}

/** What closes, counted by hour. */
const CLOSED = `, closed: view.closed().keyBy(() => 'all').window(tumbling('1h')).aggregate({ n: count() })`

/** What each job costs at the most. */
const JOBS: Readonly<Record<string, Shape>> = {
  'by hour and country': {
    text: `events.filter(e => e.status === 200).keyBy(e => e.country).window(tumbling('1h')).aggregate({ n: count(), sum: sum(e => e.amount) })`,
    lookups: 1,
    rows: 0,
  },
  'by user': {
    text: `events.keyBy(e => e.user).aggregate({ n: count(), sum: sum(e => e.amount), max: max(e => e.amount) })`,
    lookups: 1,
    rows: 0,
  },
  'overlapping windows by page': {
    text: `events.keyBy(e => e.page).window(hopping('60m', '5m')).aggregate({ n: count() })`,
    lookups: 1,
    rows: 0,
  },
  'sessions by user': {
    text: `events.keyBy(e => e.user).window(session('1m')).aggregate({ n: count() })`,
    lookups: 1,
    rows: 0,
  },
  'windows by page, stored and emitted': {
    text: `events.keyBy(e => e.page).window(tumbling('1m')).aggregate({ n: count() })`,
    more: CLOSED,
    lookups: 2,
    rows: 0.2,
  },
  'sessions by user, stored and emitted': {
    text: `events.keyBy(e => e.user).window(session('1m')).aggregate({ n: count() })`,
    more: CLOSED,
    lookups: 2,
    rows: 0.2,
  },
  'by a number': {
    text: `events.keyBy(e => e.status).window(tumbling('10s')).aggregate({ first: first(e => e.user) })`,
    lookups: 1,
    rows: 0,
  },
}

const RECORDS = 3000

function log(): ReferenceInput {
  const random = seededRandom(7)
  const records = Array.from({ length: RECORDS }, (_, i) => ({
    time: 1000 * i - random.below(3000),
    user: `u${random.below(900)}`,
    page: `/p/${random.below(20)}`,
    country: random.pick(['KR', 'DE', '한국']),
    agent: random.pick(['curl "raw"', '리라새', 'tab\there']),
    amount: random.below(10_000) / 100,
    status: random.pick([200, 200, 404]),
  }))
  return smallLog({ 'e/0': records })
}

/** The kernel, and how often each of its functions is called. */
function counted(): { readonly own: OwnKernel; readonly calls: Record<string, number> } {
  const { memory, kernel } = newKernel(kernelModule())
  const calls: Record<string, number> = {}
  const counting = Object.fromEntries(
    Object.entries(kernel as unknown as Record<string, (...args: number[]) => number>).flatMap(([name, run]) =>
      typeof run !== 'function'
        ? []
        : [
            [
              name,
              (...args: number[]) => {
                calls[name] = (calls[name] ?? 0) + 1
                const result = run(...args)
                if (name === 'decode') calls.odd = (calls.odd ?? 0) + result
                return result
              },
            ],
          ],
    ),
  )
  return { own: { memory, kernel: counting as unknown as OwnKernel['kernel'] }, calls }
}

/** Counts the rows that a sink is given one by one. */
function countedSink(sink: ChangeSink, visited: (rows: number) => void): ChangeSink {
  return {
    putSorted(...args) {
      visited(1)
      sink.putSorted(...args)
    },
    putSortedPart(...args) {
      visited(1)
      sink.putSortedPart(...args)
    },
    putSortedRows: (...args) => sink.putSortedRows(...args),
    release: (...args) => sink.release(...args),
  }
}

it.each(Object.entries(JOBS))('%s', { timeout: 60_000 }, async (name, { text, more = '', lookups, rows }) => {
  const outDir = folderOf({})
  await compileJob(jobFile(`${HEAD}const view = ${text}\nexport default job('j', { view${more} })\n`, {}), { outDir })
  const functions = await loadFunctions(outDir)
  const { own, calls } = counted()
  const state = new MemoryState()
  const executor = new JobExecutor(functions, { ...memoryEnvironment(null), newKernel: () => own })
  const input = log()
  for (const partition of input) executor.feed(chunkOf(partition, partition.records))
  let visits = 0
  state.flush(sink => executor.flush(countedSink(sink, n => (visits += n))))
  // Some thousand records at a time, and none of them decoded on its own.
  expect(calls.decode).toBeLessThanOrEqual(2)
  expect(calls.decode).toBeGreaterThan(0)
  expect(calls.odd).toBe(0)
  expect((calls.keyNumber ?? 0) + (calls.textNumber ?? 0)).toBeLessThanOrEqual(lookups * RECORDS + 100)
  const expected = reference(functions, input)
  expect(visits).toBeLessThanOrEqual(rows * (expected.views.get('view')?.length ?? 0))
  expect(calls.sortRows, name).toBeLessThanOrEqual(more === '' ? 3 : 5)
})
