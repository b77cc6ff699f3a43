// Used fields: what each source gets from the lambdas behind it, and when the whole value is needed.

import { expect, test } from 'vitest'
import { planGraph } from '../../../compiler/5-plan/plan-graph.ts'
import { compileJob, loadFunctions } from '../../../compiler/index.ts'
import type { SourceNode } from '../../../core/plan/plan.ts'
import type { Uses } from '../../../core/plan/schema.ts'
import * as language from '../../../dsl/index.ts'
import { graph } from '../../support/run-job.ts'
import { jobFile } from '../support/job-folder.ts'
import { factsOf, marked, objectSchema } from './facts.ts'

type Loose = ((...args: unknown[]) => Loose) & { readonly [W in Word]: Loose }
type Word =
  | ('map' | 'filter' | 'flatMap' | 'mapValues' | 'keyBy' | 'filterKeys' | 'flatMapKeys' | 'merge' | 'to')
  | ('aggregate' | 'count' | 'closed' | 'window')
  | ('scan' | 'distinct' | 'joinTable' | 'toTable')
const words = language as unknown as Record<string, Loose>

const fn = (v: unknown): unknown => v

/** A call of a method whose lambda uses the fields `f<site>`. */
function step(stream: Loose, word: Word, site: number): Loose {
  return marked(stream[word].bind(stream) as never, site, [fn]) as Loose
}

const uses = (site: number): Record<string, Uses> => ({ [`f${site}`]: {} })
const EVENT = objectSchema({
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, 'number'])),
  by1: 'number',
})
const facts = factsOf(
  Object.fromEntries(
    Array.from({ length: 10 }, (_, site) => {
      const of = { uses: uses(site) }
      return [site, { schema: EVENT, lambdas: { fn: of, of, time: of, key: of, by: { uses: { [`by${site}`]: {} } } } }]
    }),
  ),
)

function usesOf(stream: (source: Loose) => Loose, options: object = {}): Uses {
  const source = marked(words.source as never, 0, ['a', options]) as Loose
  const made = (words.job as Loose)('j', { result: stream(source) })
  return (planGraph(graph(made), facts).nodes.find(n => n.kind === 'source') as SourceNode).uses
}

/** A `keyBy` whose lambda has facts, at site 9. */
const keyed = (stream: Loose): Loose => step(stream, 'keyBy', 9)
const over = (stream: Loose, word: string, site: number, ...args: unknown[]): Loose =>
  keyed(stream).aggregate({ v: marked(words[word] as never, site, args) })

const CASES: Readonly<Record<string, [(source: Loose) => Loose, Uses]>> = {
  'a map emits what its lambda made': [s => step(s, 'map', 1).to('t'), uses(1)],
  'a flatMap too': [s => step(step(s, 'flatMap', 1), 'map', 2).to('t'), uses(1)],
  'and mapValues': [s => step(keyed(s), 'mapValues', 1).to('t'), { ...uses(1), ...uses(9) }],
  'scan emits what its step made': [
    s => step(marked(keyed(s).scan.bind(keyed(s)) as never, 1, [0, fn]) as Loose, 'map', 2).to('t'),
    { ...uses(1), ...uses(9) },
  ],
  'distinct holds the whole value': [s => keyed(s).distinct(fn).to('t'), true],
  'and so does a join with versions': [s => step(keyed(s).joinTable(keyed(s).toTable()), 'map', 2).to('t'), true],
  'a filter passes the value on': [s => step(step(s, 'filter', 1), 'map', 2).to('t'), { ...uses(1), ...uses(2) }],
  'words on keys do not see the value': [
    s => step(step(step(keyed(s), 'filterKeys', 1), 'flatMapKeys', 2), 'map', 3).to('t'),
    { ...uses(3), ...uses(9) },
  ],
  'a merge needs on every side what is needed behind it': [
    s => step(step(s, 'filter', 1).merge(step(s, 'filter', 2)), 'map', 3).to('t'),
    { ...uses(1), ...uses(2), ...uses(3) },
  ],
  'an output writes the whole value': [s => step(s, 'filter', 1).to('t'), true],
  'count needs nothing': [s => over(s, 'count', 1), uses(9)],
  'sum needs what its lambda reads': [s => over(s, 'sum', 1, fn), { ...uses(1), ...uses(9) }],
  'first of the whole value needs it whole': [s => over(s, 'first', 1), true],
  'first of a part needs the part': [s => over(s, 'first', 1, fn), { ...uses(1), ...uses(9) }],
  'collectSet of the whole value needs it whole': [s => over(s, 'collectSet', 1), true],
  'countDistinct of the whole value needs it whole': [s => over(s, 'countDistinct', 1), true],
  'minBy without a part needs it whole': [s => over(s, 'minBy', 1, fn), true],
  'minBy of a part needs order and part': [s => over(s, 'minBy', 1, fn, fn), { ...uses(1), by1: {}, ...uses(9) }],
  'topK of a part needs order and part': [s => over(s, 'topK', 1, 3, fn, fn), { ...uses(1), by1: {}, ...uses(9) }],
  'what later stages read is no field of the source': [
    s =>
      step(
        keyed(s)
          .window((words.tumbling as Loose)('1h'))
          .count()
          .closed(),
        'map',
        2,
      ).to('t'),
    uses(9),
  ],
  'a lambda without facts may read everything': [s => s.keyBy(fn).count(), true],
}

test.each(Object.entries(CASES))('%s', (_, [stream, expected]) => expect(usesOf(stream)).toEqual(expected))

test('time counts, and parts of parts are joined', () => {
  expect(usesOf(s => over(s, 'count', 1), { time: fn })).toEqual({ ...uses(0), ...uses(9) })
  const nested = factsOf({
    0: { schema: objectSchema({ a: { b: 'number', d: 'number', e: 'number' }, c: 'number', f: 'number' }) },
    1: { lambdas: { fn: { uses: { a: { b: {} }, c: {} } } } },
    2: { lambdas: { fn: { uses: { a: { d: {} }, c: true } } } },
  })
  const source = marked(words.source as never, 0, ['a']) as Loose
  const made = (words.job as Loose)('j', { result: step(step(source, 'filter', 1), 'map', 2).to('t') })
  const [first] = planGraph(graph(made), nested).nodes
  expect((first as SourceNode).uses).toEqual({ a: { b: {}, d: {} }, c: true })
})

test('of the values that a step sees only what it uses is decoded', async () => {
  const path = jobFile(`import { job, source } from 'lyrebird'
interface Click { user: string; page: string; seen: { at: number; by: string }; t: number }
const clicks = source<Click>('clicks', { time: c => c.t })
const last = (state: { page: string }, click: Click) => (click.seen.at > 3 ? { page: click.page } : state)
export default job('uses', { out: clicks.keyBy(c => c.user).scan({ page: '' }, last).to('out') })
`)
  const outDir = `${path}.out`
  expect((await compileJob(path, { outDir })).diagnostics).toEqual([])
  const [source] = (await loadFunctions(outDir)).plan.nodes
  expect(source).toMatchObject({ kind: 'source', uses: { page: {}, seen: { at: {} }, t: {}, user: {} } })
  expect(source).not.toHaveProperty('uses.seen.by')
})
