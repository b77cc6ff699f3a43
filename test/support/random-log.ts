// Random logs: partitions of events with ties, disorder, idle stretches, ticks, undecodable and hostile records.
//
// Promises: a log is a function of fast-check's seed, and shrinks; offsets strictly increase, with gaps; no two records
// have the same position. Values are `Event` as JSON; timestamps are the log's own and near the event times.

import fc from 'fast-check'
import { type Header, NO_TIMESTAMP, TICK_HEADER } from '../../core/log/chunk.ts'
import type { SchemaDocument } from '../../core/plan/schema.ts'
import type { InputPartition, InputRecord, ReferenceInput } from '../../core/reference/input.ts'

/** What a decodable record of a random log holds. */
export interface Event {
  /** Event time in ms. */
  readonly t: number
  readonly k: string
  readonly n: number
  readonly tags?: readonly string[]
}

export const EVENT_SCHEMA: SchemaDocument = {
  root: {
    kind: 'object',
    fields: [
      { name: 'k', schema: { kind: 'string' }, optional: false },
      { name: 'n', schema: { kind: 'number' }, optional: false },
      { name: 't', schema: { kind: 'number' }, optional: false },
      { name: 'tags', schema: { kind: 'array', items: { kind: 'string' } }, optional: true },
    ],
  },
  defs: {},
}

export interface LogShape {
  /** Topics and their numbers of partitions. */
  readonly topics: Readonly<Record<string, number>>
  /** How the events of a topic are written. Default: as JSON of `Event`. */
  readonly spellings?: Readonly<Record<string, Spell>>
  /** The most records of a partition. Default 20. */
  readonly maxRecords?: number
  /**
   * Whether all numbers of records up to `maxRecords` are equally likely, and round times are likely. Default false.
   */
  readonly even?: boolean
  /** The most ms that an event is behind an earlier one of its partition. Default 5000. */
  readonly disorderMs?: number
  /** Whether undecodable and hostile records occur. Default true. */
  readonly hostile?: boolean
  /** Whether offsets may leave gaps. Default true. */
  readonly gaps?: boolean
}

/** Keys that are awkward in some place: for objects, for sorting, for UTF-8, for interning. */
export const AWKWARD_KEYS = [
  'a',
  'b',
  'c',
  '',
  '__proto__',
  'constructor',
  '\ud800',
  '\ue000',
  '😀',
  'é',
  '1',
  '01',
  ' a',
  'a\0',
  '\0\u00ff',
] as const

/** Numbers whose inexact sum depends on the order. */
export const AWKWARD_NUMBERS = [
  0,
  -0,
  1,
  2,
  3,
  0.1,
  0.2,
  -0.3,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  2 ** 53 + 2,
  1e16,
  -1e16,
] as const

/** Values that are no `Event`, or one with an invalid time. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  '{',
  'null',
  '[]',
  '"text"',
  '{"k":"a","n":1}',
  '{"k":1,"n":1,"t":1000}',
  '{"k":"a","n":"1","t":1000}',
  '{"k":"a","n":null,"t":1000}',
  '{"k":"a","n":1,"t":1000,"tags":["x",1]}',
  '{"k":"a","n":1,"t":1000,"tags":null}',
  '{"k":"a","n":1,"t":1.5}',
  '{"k":"a","n":1,"t":1e999}',
  '{"k":"a","n":1,"t":8640000000000001}',
  '\ufeff{"k":"a","n":1,"t":1000}',
  `{"k":"a","n":1,"t":1000,"deep":${'['.repeat(300)}${']'.repeat(300)}}`,
  '{"k":"a","n":1,"t":1000,}',
] as const

type Step =
  | {
      readonly kind: 'event'
      readonly back: number
      readonly k: string
      readonly n: number
      readonly tags: readonly string[] | null
      readonly spelling: number
    }
  | { readonly kind: 'tick' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | null }

/** Moves to the next multiple of ten seconds. */
const ROUND = -1

interface Placed {
  readonly step: Step
  /** How far the partition's clock moves before this record, in ms; or `ROUND`. */
  readonly forward: number
  readonly gap: number
  readonly skew: number | null
  readonly key: Uint8Array | null
}

function steps(shape: LogShape): fc.Arbitrary<Step> {
  const disorder = shape.disorderMs ?? 5000
  const event = fc.record({
    kind: fc.constant('event' as const),
    back: fc
      .oneof(fc.constantFrom(0, 0, 0, 1, disorder - 1, disorder, disorder + 1), fc.nat(2 * disorder))
      .map(b => Math.max(0, b)),
    k: fc.constantFrom(...AWKWARD_KEYS),
    n: fc.constantFrom(...AWKWARD_NUMBERS),
    tags: fc.option(fc.array(fc.constantFrom('x', 'y', '__proto__'), { maxLength: 3 })),
    spelling: fc.nat(3),
  })
  const tick = fc.constant<Step>({ kind: 'tick' })
  if (shape.hostile === false) return fc.oneof({ weight: 10, arbitrary: event }, { weight: 1, arbitrary: tick })
  const text = fc.constantFrom(...HOSTILE_TEXTS).map<Step>(t => ({ kind: 'text', text: t }))
  const bytes = fc
    .option(fc.constantFrom(Uint8Array.of(0xff), Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)))
    .map<Step>(b => ({ kind: 'bytes', bytes: b }))
  return fc.oneof(
    { weight: 12, arbitrary: event },
    { weight: 2, arbitrary: tick },
    { weight: 2, arbitrary: text },
    { weight: 1, arbitrary: bytes },
  )
}

const utf8 = new TextEncoder()

/** Writes an event as a record's value, in one of the spellings 0 to 3; null is a record without value. */
export type Spell = (event: Event, spelling: number) => string | null

/** The same event in several spellings that mean the same. */
export function spellEvent({ t, k, n, tags }: Event, spelling: number): string {
  const number = Object.is(n, -0) ? '-0' : JSON.stringify(n) // JSON.stringify would write -0 as 0
  const rest = tags === undefined ? '' : `,"tags":${JSON.stringify(tags)}`
  const fields = `"t":${t},"k":${JSON.stringify(k)},"n":${number}${rest}}`
  if (spelling === 1) return `{"other":{"deep":[1,"}"]},${fields}`
  if (spelling === 2) return ` { ${fields}\r`
  return spelling === 3 ? `{"t":"overwritten",${fields}` : `{${fields}`
}

function recordOf({ step, skew, key }: Placed, offset: bigint, clock: number, spell: Spell): InputRecord {
  const plain = { offset, timestamp: skew === null ? NO_TIMESTAMP : clock + skew, key, headers: [] as Header[] }
  switch (step.kind) {
    case 'tick':
      return {
        ...plain,
        timestamp: skew === null ? NO_TIMESTAMP : clock,
        key: null,
        value: null,
        headers: [{ key: TICK_HEADER, value: null }],
      }
    case 'text':
      return { ...plain, value: utf8.encode(step.text) }
    case 'bytes':
      return { ...plain, value: step.bytes }
    case 'event': {
      const { back, k, n, tags, spelling } = step
      const event: Event = { t: clock - back, k, n, ...(tags === null ? {} : { tags }) }
      const text = spell(event, spelling)
      return { ...plain, value: text === null ? null : utf8.encode(text) }
    }
  }
}

function partitionArbitrary(topic: string, partition: number, shape: LogShape): fc.Arbitrary<InputPartition> {
  const placed: fc.Arbitrary<Placed> = fc.record({
    step: steps(shape),
    forward: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 0, 1, 999, 1000) },
      // Round steps: watermarks are then at the ends of windows, and gaps and bounds are met exactly.
      { weight: shape.even === true ? 8 : 0, arbitrary: fc.constantFrom(ROUND, ROUND, ROUND, 5000, 10_000) },
      { weight: 3, arbitrary: fc.nat(10_000) },
      { weight: 1, arbitrary: fc.constantFrom(60_000, 3_600_000) },
    ),
    gap: shape.gaps === false ? fc.constant(0) : fc.constantFrom(0, 0, 0, 0, 1, 5),
    // Null: the record has no timestamp.
    skew: fc.constantFrom(0, 0, -1, 1, -20_000, 20_000, null),
    key: fc.option(fc.constantFrom(utf8.encode('k1'), utf8.encode('k2'), Uint8Array.of(0xff))),
  })
  const start = shape.gaps === false ? fc.constant(0) : fc.constantFrom(0, 0, 7)
  const size = shape.even === true ? { size: 'max' as const } : {}
  return fc.tuple(start, fc.array(placed, { maxLength: shape.maxRecords ?? 20, ...size })).map(([first, list]) => {
    let offset = BigInt(first)
    let clock = 1_000_000
    const spell = shape.spellings?.[topic] ?? spellEvent
    const records = list.map(p => {
      clock = p.forward === ROUND ? (Math.floor(clock / 10_000) + 1) * 10_000 : clock + p.forward
      offset += BigInt(p.gap)
      return recordOf(p, offset++, clock, spell)
    })
    return { topic, partition, records }
  })
}

/** Random logs of a shape. */
export function logArbitrary(shape: LogShape): fc.Arbitrary<ReferenceInput> {
  const partitions = Object.entries(shape.topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, p) => partitionArbitrary(topic, p, shape)),
  )
  return fc.tuple(...partitions)
}

/** One log by its seed, for suites that loop over seeds. */
export function seededLog(seed: number, shape: LogShape): ReferenceInput {
  return fc.sample(logArbitrary(shape), { seed, numRuns: 1 })[0] as ReferenceInput
}

/** The log up to a cut that takes the first `counts[i]` records of partition i. */
export function prefixOf(log: ReferenceInput, counts: readonly number[]): ReferenceInput {
  return log.map((partition, i) => ({ ...partition, records: partition.records.slice(0, counts[i]) }))
}

/** A random log with two cuts of it, the first at or before the second in every partition. */
export function logWithCuts(shape: LogShape): fc.Arbitrary<{ earlier: ReferenceInput; later: ReferenceInput }> {
  return logArbitrary(shape)
    .chain(log =>
      fc.tuple(fc.constant(log), ...log.map(p => fc.tuple(fc.nat(p.records.length), fc.nat(p.records.length)))),
    )
    .map(([log, ...pairs]) => ({
      earlier: prefixOf(
        log,
        pairs.map(([a, b]) => Math.min(a, b)),
      ),
      later: prefixOf(
        log,
        pairs.map(([a, b]) => Math.max(a, b)),
      ),
    }))
}
