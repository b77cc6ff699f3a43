// `lyrebird schemas` as a process, against a fake schema registry: fetching, files that grow, registering, checking.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Ended, project, type RunOptions, run } from '../cli/lyrebird.ts'
import { type FakeRegistry, type FakeRegistryOptions, fakeRegistry } from './fake-registry.ts'

async function fake(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const server = await fakeRegistry(options)
  onTestFinished(() => server.end())
  return server
}

const schemas = (folder: string, { url }: FakeRegistry, args: string, options?: RunOptions): Promise<Ended> =>
  run(folder, ['schemas', ...args.split(' ').filter(word => word !== ''), '--registry', url], options)

const record = (...fields: object[]): object => ({ type: 'record', name: 'Trade', namespace: 'acme', fields })
const SYMBOL = { name: 'symbol', type: 'string' }
const NOTE = { name: 'note', type: ['null', 'string'], default: null }
const V1 = record(SYMBOL)
const V2 = record(SYMBOL, NOTE)

describe('fetching', () => {
  it('prints all versions by id, also those that were deleted softly', async () => {
    const server = await fake()
    server.put('other', '"long"')
    const ids = [server.put('trades-value', V1, { id: 30 }), server.put('trades-value', V2, { id: 7 })]
    server.delete('trades-value', 1)
    const { code, out, err } = await schemas(project(), server, 'trades-value')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(ids).toEqual([30, 7])
    expect(out).toBe(`${JSON.stringify({ 7: V2, 30: V1 }, null, 2)}\n`)
  })

  it('lists subjects', async () => {
    const server = await fake()
    expect((await schemas(project(), server, '')).err).toContain('has no subjects')
    server.put('b', '"int"')
    server.put('a/ä', '"int"')
    expect((await schemas(project(), server, '')).out).toBe('a/ä\nb\n')
    expect(JSON.parse((await schemas(project(), server, '--json')).out)).toEqual({ subjects: ['a/ä', 'b'] })
    expect((await schemas(project(), server, 'a/ä')).out).toBe('{\n  "1": "int"\n}\n')
  })

  it('puts Avro types of other subjects inside, and Protobuf files beside', async () => {
    const server = await fake()
    server.put('city', { type: 'enum', name: 'geo.City', symbols: ['A'] })
    server.put('street', record({ name: 'city', type: 'geo.City' }), {
      references: [{ name: 'geo.City', subject: 'city', version: 1 }],
    })
    const order = {
      type: 'record',
      name: 'Order',
      fields: [
        { name: 'a', type: 'acme.Trade' },
        { name: 'b', type: 'geo.City' },
      ],
    }
    const refers = [{ name: 'acme.Trade', subject: 'street', version: 1 }]
    const id = server.put('order', order, { references: refers })
    const { out } = await schemas(project(), server, 'order')
    const city = { type: 'enum', name: 'geo.City', symbols: ['A'], namespace: 'geo' }
    expect(JSON.parse(out)[id].fields).toEqual([
      { name: 'a', type: { ...record({ name: 'city', type: city }) } },
      { name: 'b', type: 'geo.City' },
    ])

    const proto = (text: string): string => `syntax = "proto3"; ${text}`
    const type = { schemaType: 'PROTOBUF' }
    server.put('unit', proto('enum Unit { EUR = 0; }'), type)
    const money = proto('import "u.proto"; message Money { Unit unit = 1; }')
    server.put('money', money, { ...type, references: [{ name: 'u.proto', subject: 'unit', version: 1 }] })
    const deal = proto('import "m.proto"; message Deal { Money money = 1; }')
    const dealId = server.put('deal', deal, {
      ...type,
      references: [{ name: 'm.proto', subject: 'money', version: 1 }],
    })
    const imports = { 'm.proto': money, 'u.proto': proto('enum Unit { EUR = 0; }') }
    expect(JSON.parse((await schemas(project(), server, 'deal')).out)).toEqual({ [dealId]: { proto: deal, imports } })
    const unit = JSON.parse((await schemas(project(), server, 'unit')).out)
    expect(Object.values(unit)).toEqual([proto('enum Unit { EUR = 0; }')])

    const mixed = await schemas(project(), server, 'deal order')
    expect(mixed.code).toBe(2)
    expect(mixed.err).toContain('some of Protobuf')
    server.put('json', '{}', { schemaType: 'JSON' })
    const json = await schemas(project(), server, 'json')
    expect(json.code).toBe(2)
    expect(json.err).toContain('json version 1 is a schema of JSON')
  })

  it('into a file adds what is new, keeps what the registry has lost, and says so', async () => {
    const [server, folder] = [await fake(), project()]
    server.put('trades-value', V1, { id: 5 })
    const read = (): string => readFileSync(join(folder, 'trades.json'), 'utf8')
    const first = await schemas(folder, server, 'trades-value --into trades.json')
    expect(first).toMatchObject({ code: 0, out: '', err: 'trades.json: added 5; it has id 5\n' })
    expect(read()).toBe(`${JSON.stringify({ 5: V1 }, null, 2)}\n`)
    expect((await schemas(folder, server, 'trades-value --into trades.json')).err).toContain('nothing new; it has id 5')

    const second = await fake()
    second.put('trades-value', V2, { id: 3 })
    second.put('keys', '"string"', { id: 11 })
    const args = 'trades-value --id 11 --into trades.json'
    expect((await schemas(folder, second, args)).err).toBe('trades.json: added 3, 11; it has ids 3, 5, 11\n')
    const text = read()
    expect(text).toBe(`${JSON.stringify({ 3: V2, 5: V1, 11: 'string' }, null, 2)}\n`)
    const again = await schemas(folder, second, `${args} --json`)
    expect(JSON.parse(again.out)).toEqual({ file: 'trades.json', added: [], ids: [3, 5, 11] })
    expect(read()).toBe(text)
    expect(readdirSync(folder).sort()).toEqual(['package.json', 'trades.json'])
  })

  it('into a file never changes what an id means', async () => {
    const [server, folder] = [await fake(), project()]
    server.put('trades-value', V1, { id: 5 })
    const text = JSON.stringify({ 5: V2 })
    writeFileSync(join(folder, 'trades.json'), text)
    const { code, err } = await schemas(folder, server, 'trades-value --into trades.json')
    expect(code).toBe(3)
    expect(err).toContain('schema-differs  trades.json has another schema with id 5 than the registry')
    expect(readFileSync(join(folder, 'trades.json'), 'utf8')).toBe(text)
    // The order of names is no difference.
    const { type, name, namespace, fields } = V1 as Record<string, unknown>
    writeFileSync(join(folder, 'trades.json'), JSON.stringify({ 5: { fields, namespace, name, type } }))
    expect((await schemas(folder, server, 'trades-value --into trades.json')).err).toContain('nothing new')
  })

  it.each([
    ['trades-valu', 'has no subject "trades-valu"', 'did you mean trades-value?'],
    ['zzzzzzzzzz', 'has no subject', 'lists its subjects'],
    ['--id 9', 'has no schema with id 9', 'another registry'],
    ['--id x', '--id takes the id of a schema', ''],
    ['--into f.json', '--into needs a subject', ''],
    ['trades-value --into package.json', 'package.json is no file of schemas by id', '--into a new file'],
    ['--register a.avsc', '--register needs one subject', 'TOPIC-value'],
    ['a b --register a.avsc', '--register needs one subject', ''],
    ['a --register none.avsc', 'there is no file none.avsc', ''],
    ['a --register package.txt', 'does not say what schema it is', '.avsc'],
    ['a --register package.json --reference x', 'is no reference', 'NAME=SUBJECT:VERSION'],
    ['a --reference x=y:1', '--reference is for --register', ''],
    ['a --check job.ts', '--check takes a job and nothing else', ''],
    ['--check job.ts', 'there is no file job.ts', ''],
  ])('usage: %s', async (args, what, next) => {
    const server = await fake()
    server.put('trades-value', V1)
    const folder = project()
    const { code, out, err } = await schemas(folder, server, args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(what)
    expect(err).toContain(next)
    expect(readdirSync(folder)).toEqual(['package.json'])
  })

  it('needs a registry, from the options or the configuration', async () => {
    const server = await fake()
    server.put('a', '"int"')
    const config = `import { defineConfig } from 'lyrebird'\nexport default defineConfig({ registry: '${server.url}' })\n`
    const missing = await run(project(), ['schemas', 'a'])
    expect(missing.code).toBe(2)
    expect(missing.err).toContain('add --registry URL, or put registry into lyrebird.config.ts')
    expect((await run(project({ 'lyrebird.config.ts': config }), ['schemas'])).out).toBe('a\n')
  })

  it('shows no secret', async () => {
    const env = { LYREBIRD_REGISTRY_USER: 'ann', LYREBIRD_REGISTRY_PASSWORD: 'canary-77aa01' }
    const authorization = `Basic ${Buffer.from('ann:canary-77aa01').toString('base64')}`
    const server = await fake({ authorization })
    server.put('a', '"int"')
    const [right, wrong] = [
      await schemas(project(), server, 'a', { env }),
      await schemas(project(), server, 'a --json', { env: { ...env, LYREBIRD_REGISTRY_USER: 'bob' } }),
    ]
    expect([right.code, wrong.code]).toEqual([0, 4])
    expect(JSON.parse(wrong.out).error).toMatchObject({ code: 'registry-auth', exit: 4 })
    const inUrl = await run(project(), ['schemas', '--registry', 'http://ann:canary-77aa01@127.0.0.1:1'])
    expect(inUrl.code).toBe(2)
    const texts = JSON.stringify([right, wrong, inUrl])
    expect(texts).not.toContain('canary-77aa01')
    expect(texts).not.toContain(authorization.slice(6))
  })
})

describe('registering', () => {
  it('prints the id, the same for the same schema, and goes on into the file', async () => {
    const [server, folder] = [await fake(), project({ 'v1.avsc': JSON.stringify(V1), 'v2.avsc': JSON.stringify(V2) })]
    const first = await schemas(folder, server, 'trades-value --register v1.avsc')
    expect(first).toMatchObject({ code: 0, out: '1\n', err: 'trades-value has the schema of v1.avsc with id 1\n' })
    expect((await schemas(folder, server, 'trades-value --register v1.avsc --json')).out).toBe('{"id":1}\n')
    const second = await schemas(folder, server, 'trades-value --register v2.avsc --into t.json')
    expect(second.out).toBe('2\n')
    expect(second.err).toContain('t.json: added 1, 2; it has ids 1, 2')
    expect(JSON.parse(readFileSync(join(folder, 't.json'), 'utf8'))).toEqual({ 1: V1, 2: V2 })
  })

  it('tells why the registry refuses, and changes nothing', async () => {
    const worse = JSON.stringify(record(SYMBOL, { name: 'price', type: 'double' }))
    const files = { 'v1.avsc': JSON.stringify(V1), 'worse.avsc': worse, 'no.avsc': '{"type":"nothing"}' }
    const [server, folder] = [await fake(), project(files)]
    await schemas(folder, server, 'trades-value --register v1.avsc')
    const refused = await schemas(folder, server, 'trades-value --register worse.avsc --into t.json')
    expect(refused).toMatchObject({ code: 4, out: '' })
    expect(refused.err).toContain('schema-refused  the schema of worse.avsc is incompatible with what the subject has:')
    expect(refused.err).toContain('READER_FIELD_MISSING_DEFAULT_VALUE')
    const none = await schemas(folder, server, 'trades-value --register no.avsc')
    expect(none.err).toContain('the schema of no.avsc is refused: Invalid schema')
    expect(existsSync(join(folder, 't.json'))).toBe(false)
    expect(Object.keys(JSON.parse((await schemas(folder, server, 'trades-value')).out))).toEqual(['1'])
  })

  it('Protobuf with a reference', async () => {
    const unit = 'syntax = "proto3"; enum Unit { EUR = 0; }'
    const money = 'syntax = "proto3"; import "u.proto"; message Money { Unit unit = 1; }'
    const [server, folder] = [await fake(), project({ 'unit.proto': unit, 'money.proto': money })]
    expect((await schemas(folder, server, 'unit-value --register unit.proto')).out).toBe('1\n')
    const args = 'money-value --register money.proto --reference u.proto=unit-value:1'
    expect((await schemas(folder, server, args)).out).toBe('2\n')
    const { out } = await schemas(folder, server, 'money-value')
    expect(JSON.parse(out)).toEqual({ 2: { proto: money, imports: { 'u.proto': unit } } })
  })
})

describe('checking a job', () => {
  const JOB = `import { job, source } from 'lyrebird'
import { avro } from 'lyrebird/avro'
import schemas from './t.json' with { type: 'json' }
interface Trade { symbol: string }
const trades = source('trades', { format: avro<Trade>(schemas[1], { confluent: { schemas } }) })
export default job('trades', {
  n: trades.keyBy(t => t.symbol).count(),
  out: trades.to('copies', { value: avro<Trade>(schemas[1], { confluent: { schemas, id: 1 } }) }),
})
`

  it('says whether its ids are those of the registry', async () => {
    const [server, folder] = [await fake(), project({ 'job.ts': JOB })]
    server.put('trades-value', V1)
    await schemas(folder, server, 'trades-value --into t.json')
    const same = await schemas(folder, server, '--check job.ts')
    expect(same).toMatchObject({
      code: 0,
      out: '',
      err: 'ok  job trades has the schemas of the registry: trades 1, copies 1\n',
    })

    const other = await fake()
    other.put('trades-value', V2)
    const differs = await schemas(folder, other, '--check job.ts')
    expect(differs.code).toBe(3)
    expect(differs.err).toContain('schema-differs  job.ts does not have the schemas of')
    expect(differs.err).toContain('  topic trades, id 1: the registry has another schema\n  topic copies, id 1:')
    expect((await schemas(folder, await fake(), '--check job.ts')).err).toContain('id 1: the registry has no such id')
  })

  it('also of Protobuf, with imported files', async () => {
    const [unit, money] = ['enum Unit { EUR = 0; }', 'import "u.proto"; message Money { Unit unit = 1; int64 n = 2; }']
    const server = await fake()
    const references = [{ name: 'u.proto', subject: 'unit', version: 1 }]
    server.put('unit', `syntax = "proto3"; ${unit}`, { schemaType: 'PROTOBUF' })
    server.put('money', 'syntax = "proto3"; message Money { int64 n = 2; }', { schemaType: 'PROTOBUF' })
    server.put('money', `syntax = "proto3"; ${money}`, { schemaType: 'PROTOBUF', references })
    const text = `import { job, source } from 'lyrebird'
import { protobuf } from 'lyrebird/protobuf'
import schemas from './m.json' with { type: 'json' }
interface Money { n: bigint; unit: 'EUR' }
const money = source('money', { format: protobuf<Money>(schemas[3], 'Money', { confluent: { schemas } }) })
export default job('money', { sums: money.keyBy(m => m.unit).sum(m => m.n) })
`
    const folder = project({ 'job.ts': text })
    await schemas(folder, server, 'money --into m.json')
    const { code, err } = await schemas(folder, server, '--check job.ts')
    expect({ code, err }).toEqual({ code: 0, err: 'ok  job money has the schemas of the registry: money 2, money 3\n' })
  })
})
