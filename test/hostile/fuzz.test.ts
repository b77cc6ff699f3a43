// Random bytes and damaged records through compiled jobs: batch, stream and reference agree, whatever the records are.
//
// More by `FUZZ_RUNS=500 npx vitest run test/hostile/fuzz.test.ts`.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TICK_HEADER } from '../../core/log/chunk.ts'
import { type AnyJobTest, hostileJob, prototypesAreClean } from './support/hostile.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 6)

const WORDS = ['a', 'b', '__proto__', '', '\ud800', 'e\u0301', '\u00e9', '\u0000', 'constructor', 'x'.repeat(40)]
const NUMBERS = ['0', '-0', '1', '-1.5', '1e999', '9007199254740993', '0.1', '1e-7', '12345678901234567890']
const TIMES = [
  '0',
  '1',
  '30000',
  '60000',
  '59999',
  '-1',
  '50000',
  '50001',
  '45000',
  '100000',
  '61000',
  '8.64e15',
  '1.5',
  '1e999',
  '"1"',
]

const word = fc
  .oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 6 }))
  .map(w => JSON.stringify(w))
const number = fc.oneof(fc.constantFrom(...NUMBERS), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String))
const any = fc.oneof(fc.json({ maxDepth: 2 }), word, number)

/** Objects of some of these fields, in any order. */
function objectOf(fields: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const parts = Object.entries(fields).map(([name, value]) =>
    fc.tuple(value, fc.nat(29)).map(([text, keep]) => (keep > 0 ? [`${JSON.stringify(name)}:${text}`] : [])),
  )
  const more = fc.array(
    fc.tuple(word, any).map(([name, value]) => `${name}:${value}`),
    { maxLength: 1 },
  )
  return fc
    .tuple(fc.tuple(...parts), more, fc.nat(10))
    .map(([list, extra, turn]) => [...list.flat(), ...extra].map((_, i, all) => all[(i + turn) % all.length]))
    .map(list => `{${list.join(',')}}`)
}

const RECORDS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  events: objectOf({
    k: word,
    t: fc.constantFrom(...TIMES),
    n: number,
    id: fc.oneof(fc.bigInt().map(String), number),
    v: any,
    tags: fc.dictionary(fc.constantFrom(...WORDS), fc.integer(), { maxKeys: 3 }).map(d => JSON.stringify(d)),
    list: fc.array(fc.oneof(word, fc.constant('null')), { maxLength: 3 }).map(l => `[${l.join(',')}]`),
  }),
  shapes: objectOf({
    t: fc.constantFrom(...TIMES),
    id: fc.bigInt().map(String),
    kind: fc.constantFrom('"circle"', '"square"', '1', 'true', 'null', '2'),
    at: fc.constantFrom('[1,2]', '[1,2,"a"]', '[0.1,-0]', '[1]', '[1e999,0]'),
    size: fc.constantFrom(
      '{"kind":"one","value":1}',
      '{"value":"x","kind":"two"}',
      '{"kind":"two","value":1}',
      '{"kind":"one","value":-0}',
    ),
    names: fc.dictionary(fc.constantFrom(...WORDS), fc.string(), { maxKeys: 2 }).map(d => JSON.stringify(d)),
    on: fc.constantFrom('true', 'false', 'null'),
  }),
  free: objectOf({ t: fc.constantFrom(...TIMES), name: word }),
  lines: fc.string({ unit: 'binary', maxLength: 10 }),
  rows: fc
    .array(fc.oneof(fc.constantFrom('', 'true', '"q"', '"a,""b"', ' 1 ', '-0', '1e3', 'x"', '\r'), number), {
      maxLength: 5,
    })
    .map(cells => cells.join(',')),
}

interface Sent {
  readonly bytes: Uint8Array | null
  readonly partition: number
  readonly timestamp: number
  readonly tick: boolean
}

/**
 * Mostly good records; some with bytes overwritten, cut or inserted, some of random bytes, some without a value, some
 * ticks.
 */
function sentTo(topic: string): fc.Arbitrary<Sent> {
  const good = (RECORDS[topic] as fc.Arbitrary<string>).map(text => Buffer.from(text))
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\u0eE+-.tfn \r')), fc.nat(255))
  const damaged = fc.tuple(good, fc.nat(200), byte, fc.nat(2)).map(([bytes, at, b, kind]) => {
    const i = bytes.length === 0 ? 0 : at % bytes.length
    const middle = kind === 0 ? [] : [b]
    return Buffer.concat([bytes.subarray(0, i), Uint8Array.from(middle), bytes.subarray(kind === 2 ? i : i + 1)])
  })
  const bytes = fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 2, arbitrary: damaged },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  return fc.record({
    bytes,
    partition: fc.nat(2),
    timestamp: fc.integer({ min: -5, max: 100_000 }),
    tick: fc.boolean(),
  })
}

function send(t: AnyJobTest, topic: string, { bytes, partition, timestamp, tick }: Sent): void {
  const headers = tick && bytes === null ? { [TICK_HEADER]: '' } : {}
  t.sendRaw(topic, bytes, { partition, timestamp, headers })
}

test.each([
  ['values', ['events']],
  ['types', ['shapes']],
  ['times', ['free']],
  ['texts', ['lines', 'rows']],
])('job %s', async (name, topics) => {
  const records = fc.array(
    fc.constantFrom(...topics).chain(topic => sentTo(topic).map(sent => ({ topic, sent }))),
    { minLength: 1, maxLength: 60, size: 'max' },
  )
  let [counted, all] = [0, 0]
  await fc.assert(
    fc.asyncProperty(records, fc.nat(1000), fc.boolean(), async (list, seed, final) => {
      const t = await hostileJob(name)
      for (const { topic, sent } of list) send(t, topic, sent)
      counted += list.length - t.deadLetters().length - t.late().length
      all += list.length
      await t.toAgree({ interleavings: 1, seed, final })
      expect(prototypesAreClean()).toBe(true)
    }),
    { numRuns: RUNS },
  )
  // Agreement on dead letters alone would prove little.
  expect(counted / all).toBeGreaterThan(0.08)
})
