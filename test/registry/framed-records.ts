// Records in Confluent's framing, of schemas that have changed twice, broken ones among them, and what a job over them
// must give.
//
// Promises: a function of the seed. Bytes are made without lyrebird's formats: Avro by avsc as it is, Protobuf and the
// frames by hand, after the specifications. Expectations are computed from what was drawn, not from the bytes.

import avsc from 'avsc'

const record = (...fields: object[]): object => ({ type: 'record', name: 'Trade', namespace: 'acme', fields })
const SYMBOL = { name: 'symbol', type: 'string' }

/** Versions of the Avro schema: a renamed and promoted field, a promoted one, one that goes; then one that comes. */
export const TRADES: readonly object[] = [
  record(
    SYMBOL,
    { name: 'qty', type: 'int' },
    { name: 'old', type: { type: 'array', items: 'string' } },
    { name: 'price', type: 'float' },
  ),
  record(
    SYMBOL,
    { name: 'amount', type: 'long', aliases: ['qty'] },
    { name: 'price', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
  ),
  record(
    {
      name: 'venue',
      type: { type: 'record', name: 'Venue', fields: [{ name: 'code', type: 'string' }] },
      default: { code: 'none' },
    },
    SYMBOL,
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'amount', type: 'long', aliases: ['qty'] },
    { name: 'price', type: 'double' },
  ),
]

const FILL = `message Fill {
  message Tag { string name = 1; sint32 rank = 2; }
  string symbol = 1; int64 amount = 2; Side side = 3; repeated Tag tags = 4;
MORE}
enum Side { BUY = 0; SELL = 1; }
`
/** Versions of the Protobuf schema: the message moves behind another one, then gets a field. */
export const FILLS: readonly string[] = [
  `syntax = "proto3";\npackage acme;\n${FILL.replace('MORE', '')}`,
  `syntax = "proto3";\npackage acme;\nmessage Batch { repeated Fill fills = 1; }\n${FILL.replace('MORE', '')}`,
  `syntax = "proto3";\npackage acme;\nmessage Batch { repeated Fill fills = 1; }\n${FILL.replace('MORE', '  string later = 5;\n')}`,
]

/** Ids in the registry of the versions of both. */
export interface Ids {
  readonly trades: readonly number[]
  readonly fills: readonly number[]
}

/** A job that reads the newest Avro schema and the second Protobuf schema, and writes both. */
export const jobText = ({ trades, fills }: Ids): string => `import { count, job, source, sum } from 'lyrebird'
import { avro } from 'lyrebird/avro'
import { protobuf } from 'lyrebird/protobuf'
import fills from './fills.schemas.json' with { type: 'json' }
import trades from './trades.schemas.json' with { type: 'json' }

interface Trade { symbol: string; amount: bigint; price: number; note: string | null; venue: { code: string } }
interface Tag { name: string; rank: number }
interface Fill { symbol: string; amount: bigint; side: 'BUY' | 'SELL'; tags: Tag[] }

const trade = avro<Trade>(trades[${trades[2]}], { confluent: { schemas: trades, id: ${trades[2]} } })
const proto = fills[${fills[1]}]
const fill = protobuf<Fill>(proto, 'Fill', { confluent: { schemas: fills } })
const tag = protobuf<Tag>(proto, 'Fill.Tag', { confluent: { schemas: fills, id: ${fills[1]} } })
const bought = source('trades', { format: trade })
const filled = source('fills', { format: fill })
const tags = filled.flatMap(f => f.tags)

export default job('framed', {
  traded: bought.keyBy(t => t.symbol).aggregate({ n: count(), amount: sum(t => t.amount), price: sum(t => t.price) }),
  venues: bought.keyBy(t => t.venue.code + '/' + (t.note ?? '-')).count(),
  sides: filled.keyBy(f => f.side).sum(f => f.amount),
  ranks: tags.keyBy(t => t.name).sum(t => t.rank),
  copies: bought.to('copies', { value: trade, partitions: 2 }),
  tags: tags.to('tags', { value: tag }),
})
`

export interface FramedRecord {
  readonly topic: 'trades' | 'fills'
  readonly key: string
  readonly timestamp: number
  readonly value: Uint8Array | null
}

interface Trade {
  readonly symbol: string
  readonly amount: number
  readonly price: number
  readonly note: string | null
  readonly venue: { readonly code: string }
}

export interface Tag {
  readonly name: string
  readonly rank: number
}

export interface Framed {
  readonly records: readonly FramedRecord[]
  /** As the job sees them. */
  readonly trades: readonly Trade[]
  readonly fills: readonly { readonly amount: number; readonly side: string; readonly tags: readonly Tag[] }[]
  readonly deadLetters: { readonly trades: number; readonly fills: number }
}

export function framedRecords(seed: number, count: number, ids: Ids): Framed {
  const draw = drawing(seed)
  const out = { records: [] as FramedRecord[], trades: [] as Trade[], fills: [] as Framed['fills'][number][] }
  const dead = { trades: 0, fills: 0 }
  for (let i = 0; i < count; i++) {
    const topic = draw(2) === 0 ? 'trades' : 'fills'
    const key = `k${draw(5)}`
    const version = draw(3)
    const whole = topic === 'trades' ? drawnTrade(draw, version, ids) : drawnFill(draw, version, ids)
    const fault = draw(6) === 0 ? draw(FAULTS.length) : -1
    const broken = fault < 0 ? null : FAULTS[fault]
    if (broken != null) dead[topic]++
    else if ('price' in whole.seen) out.trades.push(whole.seen)
    else out.fills.push(whole.seen)
    const value = broken == null ? whole.bytes : broken(whole.bytes)
    out.records.push({ topic, key, timestamp: 1_700_000_000_000 + 1000 * i, value })
  }
  // What only Protobuf can have wrong: another message, none of the schema, a number that the enum does not name.
  const [first = 0, second = 0] = ids.fills
  for (const [id, path, body] of [
    [second, [0], []],
    [second, [4, 4, 0], []],
    [second, [2, 4], []],
    [first, [2, 2], []],
    [first, [0], [0x18, 7]],
  ] as const) {
    const timestamp = 1_700_000_000_000 + 1000 * out.records.length
    out.records.push({ topic: 'fills', key: 'odd', timestamp, value: frame(id, [...path, ...body]) })
    dead.fills++
  }
  return { ...out, deadLetters: dead }
}

/** None of these can be read, whatever the record was. */
const FAULTS: readonly ((bytes: Uint8Array) => Uint8Array | null)[] = [
  () => null,
  () => new Uint8Array(0),
  bytes => bytes.subarray(0, 4),
  bytes => bytes.subarray(0, 5),
  bytes => Uint8Array.from([1, ...bytes.subarray(1)]),
  bytes => Uint8Array.from([0, 0, 1, 2, 3, ...bytes.subarray(5)]),
  bytes => bytes.subarray(0, -1),
  bytes => Uint8Array.from([...bytes, 0]),
]

type Draw = (below: number) => number

/** Whole numbers below a bound, by a linear congruence. */
function drawing(seed: number): Draw {
  let state = BigInt(seed)
  return below => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn
    return Number((state >> 33n) % BigInt(below))
  }
}

const WRITERS = TRADES.map(schema => avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: false }))

function drawnTrade(draw: Draw, version: number, ids: Ids): { bytes: Uint8Array; seen: Trade } {
  const amount = draw(2) === 0 ? draw(1000) - 500 : version === 0 ? -(2 ** 31) : 2 ** 50 + draw(100)
  const all = {
    symbol: ['A', 'Bé', 'C\u{1f600}', ''][draw(4)] as string,
    amount,
    price: draw(4000) / 4 - 500,
    note: version === 0 || draw(2) === 0 ? null : 'x',
    venue: { code: version < 2 ? 'none' : `v${draw(2)}` },
  }
  const value = { ...all, qty: amount, old: ['a', 'b'].slice(draw(3)) }
  const bytes = frame(ids.trades[version] as number, [...(WRITERS[version] as avsc.Type).toBuffer(value)])
  return { bytes, seen: all }
}

function drawnFill(draw: Draw, version: number, ids: Ids): { bytes: Uint8Array; seen: Framed['fills'][number] } {
  const amount = draw(3) === 0 ? 0 : 2 ** draw(40)
  const side = draw(2)
  const tags = Array.from({ length: draw(3) }, () => ({ name: `t${draw(3)}`, rank: draw(100) - 50 }))
  const body = [
    // In an order that no encoder has to have.
    ...(version === 2 ? field(5, text('later')) : []),
    ...(amount === 0 ? [] : [2 << 3, ...varint(amount)]),
    ...tags.flatMap(({ name, rank }) =>
      field(4, [2 << 3, ...varint(rank < 0 ? -2 * rank - 1 : 2 * rank), ...field(1, text(name))]),
    ),
    ...(side === 0 ? [] : [3 << 3, 1]),
    ...field(1, text('S')),
  ]
  const path = version === 0 ? [0] : [2, 2]
  return {
    bytes: frame(ids.fills[version] as number, [...path, ...body]),
    seen: { amount, side: side === 0 ? 'BUY' : 'SELL', tags },
  }
}

const text = (value: string): number[] => [...new TextEncoder().encode(value)]

const field = (number: number, bytes: readonly number[]): number[] => [
  (number << 3) | 2,
  ...varint(bytes.length),
  ...bytes,
]

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}

function frame(id: number, rest: readonly number[]): Uint8Array {
  return Uint8Array.from([0, id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255, ...rest])
}
