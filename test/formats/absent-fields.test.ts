// Fields declared absent (`?: never`, `undefined`, `void`), through the whole compiler: a value there does not fit, in
// batch, stream and reference alike.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { testJob } from '../../testing/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-absent-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const JOB = (options: string): string => `import { csv, format, job, source } from 'lyrebird'
interface Paid { cents: number; refused?: never }
interface Refused { cents?: undefined; refused: string }
interface Guest { name: string; level?: void }
interface Member { name: string; level: 'gold'; since: number }
interface Row { a: string; gone?: never }
const time = () => 0
const payments = source<Paid | Refused>('payments', { time${options} })
const people = source<Guest | Member>('people', { time${options} })
const rows = source('rows', { time, format: csv<Row>({ columns: ['a', 'gone'] }) })
const own = source('own', { time, format: format<Row>({ decode: b => (b[0] === 0 ? { a: 'x', gone: undefined } : ({ a: 'y', gone: null } as never)) }) })
export default job('absent', {
  payments: payments.keyBy(p => (p.refused === undefined ? 'paid' : 'refused')).count(),
  people: people.keyBy(p => (p.level === undefined ? 'guest' : \`member since \${p.since}\`)).count(),
  rows: rows.keyBy(r => r.a).count(),
  own: own.keyBy(r => r.a).count(),
})
`

async function run(options: string) {
  const path = join(folder, `job${options.length}.ts`)
  writeFileSync(path, JOB(options))
  const t = await testJob(path)
  for (const text of [
    '{"cents":1}',
    '{"refused":"no funds"}',
    '{"cents":1,"refused":"no funds"}',
    '{"cents":1,"refused":null}',
    '{}',
  ]) {
    t.sendRaw('payments', text)
  }
  for (const text of [
    '{"name":"a"}',
    '{"name":"b","level":"gold","since":3}',
    '{"name":"c","level":"gold"}',
    '{"name":"d","level":"silver"}',
    '{"name":"e","level":null}',
    '{"level":"gold","name":"f","l\\u0065vel":null}',
  ]) {
    t.sendRaw('people', text)
  }
  t.sendRaw('rows', 'a,')
  t.sendRaw('rows', 'b,c')
  t.sendRaw('own', Uint8Array.of(0))
  t.sendRaw('own', Uint8Array.of(1))
  const views = Object.fromEntries(
    ['payments', 'people', 'rows', 'own'].map(name => [name, t.view(name).map(r => [r.key, r.value])]),
  )
  await t.toAgree({ interleavings: 4, restarts: 2, seed: 11 })
  return { views, dead: t.deadLetters().map(d => `${d.at} ${d.path}: ${d.reason}`) }
}

const LEVELS = [
  'people/0:3 $.level: expected "gold", got another string',
  'people/0:4 $.level: expected "gold", got null',
  'people/0:5 $.level: expected "gold", got null',
]
const OTHERS = ['own/0:1 $.gone: expected nothing, got null', 'rows/0:1 $.gone: expected nothing, got string']

it('a value where none may be is a dead letter', async () => {
  const { views, dead } = await run('')
  expect(views).toEqual({
    payments: [
      ['paid', 1],
      ['refused', 1],
    ],
    people: [
      ['guest', 1],
      ['member since 3', 1],
    ],
    rows: [['a', 1]],
    own: [['x', 1]],
  })
  expect(dead.sort()).toEqual(
    [
      'payments/0:2 $: expected object, got object',
      'payments/0:3 $: expected object, got object',
      'payments/0:4 $: expected object, got object',
      'people/0:2 $.since: missing field',
      ...LEVELS,
      ...OTHERS,
    ].sort(),
  )
})

it("with validate: 'used' where a lambda looks at the field", async () => {
  const { views, dead } = await run(`, validate: 'used'`)
  expect(views.payments).toEqual([
    ['paid', 2],
    ['refused', 2],
  ])
  expect(views.people).toEqual([
    ['guest', 1],
    ['member since 3', 1],
  ])
  expect(dead.sort()).toEqual(
    ['payments/0:3 $: expected object, got object', 'people/0:2 $.since: missing field', ...LEVELS, ...OTHERS].sort(),
  )
})
