// Formats in jobs through the whole compiler: both executors and the reference agree, and records that do not decode,
// or elements that cannot be written, are dead letters with fixed reasons.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkJob } from '../../compiler/index.ts'
import { testJob } from '../../testing/index.ts'
import { type CompiledTest, loadJob } from '../../testing/load-job.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-formats-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function write(text: string): string {
  const path = join(folder, `job${files++}.ts`)
  writeFileSync(path, text)
  return path
}

const bytes = (...b: number[]): Uint8Array => Uint8Array.from(b)

describe("an author's format", () => {
  const JOB = `import { format, job, source } from 'lyrebird'
interface Reading { t: number; sensor: string; raw: Uint8Array; big?: bigint }
const SENSORS = ['', 'north', 'south']
const readings = format<Reading>({
  name: 'reading',
  decode(bytes) {
    const view = new DataView(bytes.buffer)
    if (bytes[4] === 9) return new Date(0) as never
    if (bytes[4] === 8) return { t: 1, sensor: 'x', raw: [1] } as never
    const sensor = SENSORS[bytes[4] ?? 0]
    if (sensor === undefined) throw new Error('no sensor ' + bytes[4])
    return { t: view.getUint32(0), sensor, raw: bytes.subarray(5), ...(bytes[4] === 2 ? { big: 7n } : { big: undefined }) }
  },
  encode: v => {
    if (v.sensor === 'south') throw new Error('not to the south')
    return Uint8Array.of(v.t & 255, SENSORS.indexOf(v.sensor), ...v.raw)
  },
})
const all = source('readings', { time: r => r.t, format: readings })
const least = format<number>({ decode: b => b[0] ?? 0, encode: n => (n > 3 ? ([n] as never) : Uint8Array.of(n)) })
export default job('sensors', {
  longest: all.keyBy(r => r.sensor).max(r => [r.raw.length, r.raw, r.big ?? 0n]),
  copies: all.to('copies', { value: readings, partitions: 2 }),
  sizes: all.map(r => r.raw.length).to('sizes', { value: least }),
})
`
  const path = write(JOB)

  it('means the same in batch, stream and reference', async () => {
    const t = await testJob(path)
    t.sendRaw('readings', bytes(0, 0, 0, 1, 1, 5, 6))
    t.send('readings', bytes(0, 0, 0, 2, 2, 1))
    for (const odd of [[1], [0, 0, 0, 3, 7], [0, 0, 0, 4, 9], [0, 0, 0, 4, 8], [0, 0, 0, 5, 1, 1, 2, 3, 4]]) {
      t.sendRaw('readings', bytes(...odd))
    }
    t.sendRaw('readings', null)
    t.send('readings', { t: 6, sensor: 'north', raw: bytes(250) })
    t.tick('readings', 100_000)
    expect(t.view('longest').map(r => r.value)).toEqual([
      [4, 'AQIDBA==', '0'],
      [1, 'AQ==', '7'],
    ])
    const dead = t.deadLetters()
    expect(dead.map(d => `${d.kind} ${d.path ?? ''} ${d.reason}`).sort()).toEqual([
      'decode $ decode() threw',
      'decode $ decode() threw',
      'decode $ decode() threw',
      'decode $ no plain data: a Date',
      'decode $ null value',
      'decode $.raw expected bytes, got array',
      'throw  the lambda threw',
      'value  output: encode() gave no Uint8Array',
    ])
    expect(t.output('sizes').map(r => r.value)).toEqual(['Ag==', 'AQ=='])
    expect(t.output('copies').map(r => r.value)).toEqual(expect.arrayContaining(['AQEFBg==']))
    await t.toAgree({ interleavings: 4, restarts: 2 })
  })

  it('is part of the plan hash, except for how tests encode', async () => {
    const hashes = async (text: string): Promise<Record<string, string>> => {
      const { diagnostics, plan } = await checkJob(write(text))
      expect(diagnostics).toEqual([])
      return Object.fromEntries(plan?.results.map(r => [r.name, r.hash]) ?? [])
    }
    const before = await hashes(JOB)
    const decoded = await hashes(JOB.replace("'north', 'south'", "'north', 'west'"))
    expect(decoded.longest).not.toBe(before.longest)
    const encoded = await hashes(JOB.replace('not to the south', 'no'))
    expect(encoded.longest).toBe(before.longest)
    expect(encoded.copies).not.toBe(before.copies)
  })

  it('must be deterministic', async () => {
    const { diagnostics } = await checkJob(write(JOB.replace('t: view.getUint32(0)', 't: Date.now()')))
    expect(diagnostics.map(d => d.word)).toEqual(['clock-in-lambda'])
  })

  it('bytes in the type of a JSON record are refused', async () => {
    const text = `import { job, json, source } from 'lyrebird'
export default job('j', { n: source<{ raw: Uint8Array }>('t', { format: json() }).keyBy(() => 1).count() })`
    expect((await checkJob(write(text))).diagnostics.map(d => d.word)).toEqual(['class-in-type'])
  })
})

describe('avro and protobuf', () => {
  const JOB = (more = ''): string => `import { job, source } from 'lyrebird'
import { avro } from 'lyrebird/avro'
import { protobuf } from 'lyrebird/protobuf'
interface Trade { symbol: string; amount: bigint; note: string | null }
const schema = { type: 'record', name: 'Trade', fields: [
  { name: 'symbol', type: 'string' }, { name: 'amount', type: 'long' }, { name: 'note', type: ['null', 'string'] }${more} ] }
interface Fill { symbol: string; amount: bigint; side: 'BUY' | 'SELL'; tags: Record<string, number> }
const proto = \`syntax = "proto3"; enum Side { BUY = 0; SELL = 1; }
message Fill { string symbol = 1; int64 amount = 2; Side side = 3; map<string, int32> tags = 4; }\`
const trades = source('trades', { format: avro<Trade>(schema) })
const fills = source('fills', { format: protobuf<Fill>(proto, 'Fill') })
const both = trades.map(t => ({ symbol: t.symbol, amount: t.amount })).merge(fills.map(f => ({ symbol: f.symbol, amount: f.amount })))
export default job('trades', {
  sums: both.keyBy(t => t.symbol).sum(t => t.amount),
  copies: trades.to('copies', { value: avro<Trade>(schema, { confluent: { schemas: { 5: schema }, id: 5 } }) }),
  sold: fills.filter(f => f.side === 'SELL').to('sold', { value: protobuf<Fill>(proto, 'Fill') }),
})
`

  it('mean the same in batch, stream and reference', async () => {
    const t = await testJob(write(JOB()))
    t.send('trades', { symbol: 'A', amount: 2n ** 60n, note: null }, { timestamp: 1 })
    t.send('trades', { symbol: 'B', amount: 5, note: 'x' }, { timestamp: 2 })
    t.sendRaw('trades', 'no avro', { timestamp: 3 })
    t.send('fills', { symbol: 'A', amount: 1n, side: 'SELL', tags: { z: 1, a: 2 } }, { timestamp: 4 })
    t.send('fills', { symbol: 'C', amount: -1n, side: 'BUY', tags: {} }, { timestamp: 5 })
    t.sendRaw('fills', bytes(0x18, 7), { timestamp: 6 })
    t.tick('trades', 1000).tick('fills', 1000)
    expect(t.view('sums')).toEqual([
      { key: 'A', value: String(2n ** 60n + 1n) },
      { key: 'B', value: '5' },
      { key: 'C', value: '-1' },
    ])
    expect(t.deadLetters().map(d => `${d.kind} ${d.reason}`)).toEqual([
      'decode decode() threw',
      'decode decode() threw',
    ])
    expect(t.output('copies').map(r => atob(r.value as string).slice(0, 5))).toEqual(['\0\0\0\0\x05', '\0\0\0\0\x05'])
    expect(t.output('sold')).toHaveLength(1)
    await t.toAgree({ interleavings: 4, restarts: 2 })
  })

  it('an invalid schema is a diagnostic at the call', async () => {
    const { diagnostics } = await checkJob(write(JOB(", { name: 'x', type: 'nothing' }")))
    expect(diagnostics.map(d => `${d.word} ${d.span?.line}`)).toEqual(['bad-argument 10'])
  })

  it('a compiled job imports only the entries that it needs', async () => {
    const plain = write(`import { job, source } from 'lyrebird'
export default job('j', { n: source<number>('t').keyBy(v => v).count() })`)
    const { compiled } = await loadJob(plain)
    const { functions, functionsUrl } = compiled as CompiledTest
    expect(functions.plan.job).toBe('j')
    expect(readFileSync(new URL(functionsUrl), 'utf8')).not.toContain('lyrebird/avro')
  })
})
