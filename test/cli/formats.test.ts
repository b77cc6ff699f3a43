// Jobs over Avro and Protobuf topics through the real command: checked, appended to, run by batch (with workers), by
// stream and as a standalone artefact, verified and queried.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { avro } from '../../formats/avro/index.ts'
import { protobuf } from '../../formats/protobuf/index.ts'
import { codecIn } from '../formats/codec.ts'
import { project, run } from './lyrebird.ts'

const SCHEMA = `{ "type": "record", "name": "Trade", "fields": [
  { "name": "t", "type": "long" }, { "name": "symbol", "type": "string" }, { "name": "amount", "type": "long" } ] }`
const PROTO = 'syntax = "proto3"; message Fill { int64 t = 1; string symbol = 2; int64 amount = 3; }'
const JOB = `import { job, lines, source, tumbling } from 'lyrebird'
import { avro } from 'lyrebird/avro'
import { protobuf } from 'lyrebird/protobuf'
import schema from './trade.json'
interface Trade { t: number; symbol: string; amount: bigint }
interface Fill { t: bigint; symbol: string; amount: bigint }
const fill = protobuf<Fill>(${JSON.stringify(PROTO)}, 'Fill')
const trades = source('trades', { format: avro<Trade>(schema), time: t => t.t })
const fills = source('fills', { format: fill, time: f => Number(f.t) })
const all = trades.merge(fills.map(f => ({ t: Number(f.t), symbol: f.symbol, amount: f.amount })))
export default job('trades', {
  sums: all.keyBy(t => t.symbol).window(tumbling('1m')).sum(t => t.amount),
  copies: fills.to('copies', { value: fill }),
  symbols: trades.map(t => t.symbol).to('symbols', { value: lines() }),
})
`

it('avro and protobuf topics in an embedded log', async () => {
  const folder = project({ 'job.ts': JOB, 'trade.json': SCHEMA })
  const trade = codecIn(avro(SCHEMA))
  const fill = codecIn(protobuf(PROTO, 'Fill'))
  const ok = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run(folder, args)
    expect(`${code} ${err}`).toMatch(/^0 /)
    return out
  }
  const names = (topic: string, values: readonly object[], encode: (v: unknown) => Uint8Array): string[] =>
    values.map((value, i) => {
      writeFileSync(join(folder, `${topic}${i}`), encode(value))
      return `${topic}${i}`
    })
  const trades = [
    { t: 1, symbol: 'A', amount: 2n ** 60n },
    { t: 2, symbol: 'B', amount: 5 },
    { t: 90_000, symbol: 'A', amount: 1 },
  ]
  const fills = [
    { t: 5n, symbol: 'A', amount: -1n },
    { t: 95_000n, symbol: 'C', amount: 3n },
  ]
  writeFileSync(join(folder, 'odd'), 'no avro')
  const append = ['--log', 'log', '--format', 'bytes', '--partitions', '2']
  await ok('append', 'trades', ...append, ...names('trades', trades, trade.encode), 'odd')
  await ok('append', 'fills', ...append, ...names('fills', fills, fill.encode))
  expect((await run(folder, ['append', 'fills', ...append, '--key', 'x', 'odd'])).err).toContain('bytes have no fields')

  await ok('check', 'job.ts')
  await ok('batch', 'job.ts', '--log', 'log', '--state', 'batch', '--workers', '2', '--final')
  await ok('stream', 'job.ts', '--log', 'log', '--state', 'stream', '--until', 'end', '--final')
  const rows = await ok('query', 'sums', '--state', 'batch')
  expect(
    rows
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .map(r => `${r.key} ${r.window.start.slice(14, 19)} ${r.value}`),
  ).toEqual([`A 00:00 ${2n ** 60n - 1n}`, 'A 01:00 1', 'B 00:00 5', 'C 01:00 3'])
  expect(await ok('query', 'sums', '--state', 'stream')).toBe(rows)
  const dead = (await ok('query', '@dead-letters', '--state', 'stream')).trim()
  expect(JSON.parse(dead)).toMatchObject({ kind: 'decode', path: '$', reason: 'decode() threw' })
  const values = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).value)
  expect(values(await ok('query', '@outputs/symbols', '--state', 'batch'))).toEqual(['A', 'B', 'A'])
  const copies = values(await ok('query', '@outputs/copies', '--state', 'batch')).map(v =>
    Buffer.from(v as string, 'base64'),
  )
  expect(copies.map(b => fill.decode(new Uint8Array(b)))).toEqual(fills)
  await ok('verify', 'job.ts', '--log', 'log', '--final', '--interleavings', '3')

  await ok('compile', 'job.ts', '--out', 'dist')
  const argv = ['dist/batch.mjs', '--log', 'log', '--state', 'own', '--final']
  const alone = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' })
  expect(`${alone.status} ${alone.stderr}`).toMatch(/^0 /)
  expect(await ok('query', 'sums', '--state', 'own')).toBe(rows)
}, 120_000)
