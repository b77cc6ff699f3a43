// Hostile JSON values through compiled jobs: what each becomes, and that batch, stream and reference agree.

import { expect, test } from 'vitest'
import { deadBy, hostileJob, nested, prototypesAreClean } from './support/hostile.ts'

/** A record's fields beside key and time, and its row in the view `keys`, or why it is dead. */
type Case = readonly [fields: string, becomes: object | string]

const NOT_JSON = '$: not JSON'
const FRACTION = '$.id: expected integer, got number with fraction or exponent'

const NUMBERS: readonly Case[] = [
  ['"n":9007199254740993', { total: 9007199254740992 }],
  ['"id":9007199254740993', { newest: '9007199254740993' }],
  [`"id":1${'0'.repeat(2000)}1`, { newest: `1${'0'.repeat(2000)}1` }],
  ['"id":-0', { newest: '0' }],
  ['"n":-0', { total: 0 }],
  ['"v":-0', { last: 0, values: [0] }],
  ['"n":1e999', { total: 'Infinity' }],
  ['"n":-1e999', { largest: '-Infinity' }],
  ['"n":1e-999', { total: 0 }],
  ['"n":1e00000000000000000001', { total: 10 }],
  ['"n":1E+2', { total: 100 }],
  [`"n":0.${'3'.repeat(20_000)}`, { total: 1 / 3 }],
  [`"n":1${'0'.repeat(400)}`, { total: 'Infinity' }],
  [`"n":1${'0'.repeat(400)}e-400`, { total: 1 }],
  ['"n":4.9406564584124654e-324', { total: 5e-324 }],
  ['"n":"NaN"', '$.n: expected number, got string'],
  ['"n":null', '$.n: expected number, got null'],
  ['"n":true', '$.n: expected number, got boolean'],
  ['"n":[]', '$.n: expected number, got array'],
  ['"id":1.0', FRACTION],
  ['"id":1e3', FRACTION],
  ['"id":"1"', '$.id: expected integer, got string'],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '+1',
    '01',
    '-01',
    '00',
    '1.',
    '.5',
    '-',
    '1e',
    '1e+',
    '0x10',
    '1_000',
    '1n',
    '--1',
    '1,5',
  ].map((n): Case => [`"n":${n}`, NOT_JSON]),
]

const TEXTS: readonly Case[] = [
  ['"v":"\\ud800"', { last: '\ud800', values: ['\ud800'] }],
  ['"v":"\\udc00\\ud800"', { last: '\udc00\ud800' }],
  ['"v":"\\ud83d\\ude00"', { last: '😀' }],
  ['"v":"a\\u0000b"', { last: 'a\u0000b' }],
  ['"v":"\u2028\\u2029"', { last: '\u2028\u2029' }],
  ['"v":"\\/\\b\\f\\n\\r\\t\\"\\\\"', { last: '/\b\f\n\r\t"\\' }],
  ['"v":"\ufeff"', { last: '\ufeff' }],
  ['"v":["caf\u00e9","cafe\u0301"]', { last: ['caf\u00e9', 'cafe\u0301'] }],
  ['"v":"a\u0000b"', NOT_JSON],
  ['"v":"a\nb"', NOT_JSON],
  ['"v":"\\x41"', NOT_JSON],
  ['"v":"\\u00g0"', NOT_JSON],
  ['"v":"\\u004"', NOT_JSON],
  ['"v":"\\"', NOT_JSON],
  ['"v":\'a\'', NOT_JSON],
]

const SHAPES: readonly Case[] = [
  [`"v":${nested('[', ']', 199, '')}`, { kinds: 1 }],
  [`"v":${nested('{"a":', '}', 199, '1')}`, { kinds: 1 }],
  [`"v":${nested('[', ']', 200, '')}`, '$: nested too deeply'],
  [`"zzz":${nested('{"a":', '}', 200, '1')}`, { events: 1 }],
  [`"zzz":${nested('[', ']', 10_000, '')}`, { events: 1 }],
  [`"zzz":"${'['.repeat(10_000)}"`, { events: 1 }],
  [`"v":${nested('[', ']', 50_000, '')}`, '$: nested too deeply'],
  [`"zzz":${'['.repeat(50_000)}`, NOT_JSON],
  [`"zzz":${'{"a":'.repeat(100_000)}`, NOT_JSON],
  ['"n":1,"n":2', { total: 2 }],
  ['"n":"x","n":2', { total: 2 }],
  ['"n":2,"n":"x"', '$.n: expected number, got string'],
  ['"\\u006e":5', { total: 5 }],
  ['"n":1,"\\u006e":7', { total: 7 }],
  ['"\\u006e":7,"n":1', { total: 1 }],
  ['"id":1,"id":9007199254740993', { newest: '9007199254740993' }],
  ['"v":{"a":1,"\\u0061":2}', { last: { a: 2 } }],
  ['"v":{"b":1,"a":2,"10":3,"9":4}', { last: { 10: 3, 9: 4, a: 2, b: 1 } }],
  ['"tags":{"x":"y"}', '$.tags.x: expected number, got string'],
  ['"list":["a",1]', '$.list[1]: expected null | string, got number'],
  ['"list":{}', '$.list: expected array, got object'],
]

const PROTOTYPES: readonly Case[] = [
  ['"__proto__":{"n":5,"polluted":1}', { total: 0 }],
  ['"constructor":{"prototype":{"polluted":1}}', { events: 1 }],
  ['"toString":1,"valueOf":2,"hasOwnProperty":3', { events: 1 }],
  ['"v":{"__proto__":{"polluted":1}}', { last: JSON.parse('{"__proto__":{"polluted":1}}') }],
  ['"v":{"constructor":{"prototype":{"polluted":1}}}', { last: { constructor: { prototype: { polluted: 1 } } } }],
  ['"v":{"__proto__":null,"__proto__":7}', { last: JSON.parse('{"__proto__":7}') }],
  ['"v":{"then":1}', { last: JSON.parse('{"then":1}') }],
  ['"v":{"toJSON":1,"length":3}', { last: { length: 3, toJSON: 1 } }],
  ['"tags":{"__proto__":1,"constructor":2,"toString":3}', { events: 1 }],
  ['"tags":{"__proto__":"x"}', '$.tags.__proto__: expected number, got string'],
  ['"list":["__proto__",null,"\\ud800",""]', { events: 1 }],
]

/** The value of an undeclared field must be JSON too. */
const UNDECLARED: readonly Case[] = [
  ...[
    '0',
    '-1.5e-7',
    '"a"',
    'true',
    'false',
    'null',
    '[]',
    '{}',
    '[1,[2,{"a":[]}]]',
    '{"a":{"b":"\\u0041"}}',
    '1e999',
  ].map((v): Case => [`"zzz":${v}`, { events: 1 }]),
  ...[
    'tru',
    'nul',
    'False',
    'undefined',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    "'a'",
    '"\\x"',
    '"\\u12g4"',
  ].map((v): Case => [`"zzz":${v}`, NOT_JSON]),
  ...['"a\tb"', '01', '-', '1e', '/**/1', '1//', '1 2', '1,', '"a', '\u00a01', '1\u2028', '[[[', ']', '\\u0031'].map(
    (v): Case => [`"zzz":${v}`, NOT_JSON],
  ),
]

test.each([
  ['numbers', NUMBERS],
  ['texts', TEXTS],
  ['shapes', SHAPES],
  ['prototypes', PROTOTYPES],
  ['undeclared fields', UNDECLARED],
])('%s', async (_name, cases) => {
  const t = await hostileJob('values')
  for (const [i, [fields]] of cases.entries()) {
    // Before the used fields and after them: decoders look for fields in the order that they have learned.
    t.sendRaw('events', `{"k":"${i} behind","t":${i},${fields}}`, { partition: 0 })
    t.sendRaw('events', `{${fields},"k":"${i} before","t":${i}}`, { partition: 1 })
  }
  const rows = new Map(t.view('keys').map(r => [r.key, r.value]))
  const dead = deadBy(t)
  for (const [i, [fields, becomes]] of cases.entries()) {
    const [behind, before] = [`${i} behind`, `${i} before`].map(
      (key, p) => rows.get(key) ?? dead.get(`events/${p}:${i}`),
    )
    const what = `${fields.slice(0, 60)} of ${fields.length}`
    if (typeof becomes === 'string') expect([behind, before], what).toEqual([becomes, becomes])
    else {
      expect(behind, what).toEqual({ ...(behind as object), ...becomes })
      expect(before, what).toEqual(behind)
    }
  }
  expect(t.late()).toEqual([])
  expect(prototypesAreClean()).toBe(true)
  await t.toAgree({ interleavings: 3, seed: 1 })
  await t.toAgree({ interleavings: 1, seed: 2, final: true })
})

test('records that are no object of the type', async () => {
  const good = '{"k":"good","t":1}'
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Buffer.concat(parts.map(p => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))))
  const cases: readonly (readonly [string | Uint8Array | null, string | null])[] = [
    [good, null],
    [` \t\r\n${good}\r\n`, null],
    [null, '$: null value'],
    ['', '$: empty'],
    [' \t\r\n', '$: empty'],
    ['\r', '$: empty'],
    [`\ufeff${good}`, NOT_JSON],
    ['\u00a0', NOT_JSON],
    ['null', '$: expected object, got null'],
    ['[]', '$: expected object, got array'],
    ['1', '$: expected object, got number'],
    ['"k"', '$: expected object, got string'],
    ['{}', '$.k: missing field'],
    ['{"t":1}', '$.k: missing field'],
    ['{"k":"x"}', '$.t: missing field'],
    [`${good}${good}`, NOT_JSON],
    [`${good}x`, NOT_JSON],
    [`${good}\u0000`, NOT_JSON],
    [good.slice(0, -1), NOT_JSON],
    [`${good},`, NOT_JSON],
    [`/**/${good}`, NOT_JSON],
    [bytes('{"k":"', [0xff], '","t":1}'), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1,"zzz":"', [0xed, 0xa0, 0x80], '"}'), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1,"zzz":"', [0xc0, 0x80], '"}'), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1,"zzz":"', [0xf4, 0x90, 0x80, 0x80], '"}'), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1,"', [0x80], '":1}'), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1}', [0xe2, 0x82]), '$: invalid UTF-8'],
    [bytes('{"k":"x","t":1,"zzz":"', [0xf0, 0x9f, 0x98]), '$: invalid UTF-8'],
    [bytes([0xff, 0xfe], Buffer.from(good, 'utf16le').toString('latin1')), '$: invalid UTF-8'],
    [Buffer.from(good, 'utf16le'), NOT_JSON],
  ]
  const t = await hostileJob('values')
  for (const [value] of cases) t.sendRaw('events', value)
  const dead = deadBy(t)
  expect(cases.map((_, i) => dead.get(`events/0:${i}`) ?? null)).toEqual(cases.map(([, reason]) => reason))
  expect(t.view('keys').map(r => [r.key, (r.value as { events: number }).events])).toEqual([['good', 2]])
  await t.toAgree({ interleavings: 5, seed: 1 })
})

test('strings that look alike are different keys, and so are keys that are no strings', async () => {
  const keys = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    ' ',
    '\u0000',
    '\u0000\u0000',
    'caf\u00e9',
    'cafe\u0301',
  ]
  keys.push(
    '\ud800',
    '\udc00',
    '\ud800\udc00',
    '\ufffd',
    '\uffff',
    '\u{10ffff}',
    '\ufeff',
    '1',
    '01',
    '1.0',
    'null',
    'a/b',
    '../a',
    'A',
    'a',
    'ı',
    'i',
  )
  const t = await hostileJob('values')
  for (const [i, k] of keys.entries()) {
    t.send('events', { k, t: i, v: k, list: [k, null] }, { partition: i % 3 })
    t.send('events', { k, t: i, v: { [k]: 1 }, tags: { [k]: 1 }, list: [k] }, { partition: i % 2 })
  }
  const rows = t.view('keys')
  expect(new Set(rows.map(r => r.key))).toEqual(new Set(keys))
  expect(rows.every(r => (r.value as { events: number; kinds: number }).events === 2)).toBe(true)
  expect(rows.every(r => (r.value as { events: number; kinds: number }).kinds === 2)).toBe(true)
  const lists = new Map(t.view('lists').map(r => [r.key, (r.value as { events: number }).events]))
  expect(lists).toEqual(new Map<unknown, number>([...keys.map(k => [k, 2] as const), [null, keys.length]]))
  // A computed name makes an own field `__proto__`, which the key keeps.
  const objects = t.view('objects').map(r => JSON.stringify(r.key))
  expect(objects).toContain('{"__proto__":"__proto__","tags":{}}')
  expect(objects).toContain('{"__proto__":{"__proto__":1},"tags":{"__proto__":1}}')
  expect(prototypesAreClean()).toBe(true)
  await t.toAgree({ interleavings: 5, seed: 1 })
  await t.toAgree({ interleavings: 2, seed: 9, final: true })
})

test('a megabyte as string, as key, as name of a field; ten as a record', { timeout: 240_000 }, async () => {
  const mega = 'é\\"'.repeat(262_144)
  const t = await hostileJob('values')
  t.send('events', { k: 'value', t: 1, v: mega })
  t.send('events', { k: mega, t: 1, v: 1 })
  t.send('events', { k: `${mega}!`, t: 1, v: 2 })
  t.send('events', { k: 'name', t: 1, v: { [mega]: 1 } })
  t.sendRaw('events', `{"k":"blanks","t":1,${' '.repeat(1_000_000)}"n":1}`)
  t.sendRaw('events', `{"zzz":[${`"${'x'.repeat(999_997)}",`.repeat(10)}1],"k":"ten","t":1}`)
  t.sendRaw('events', `{"zzz":"${'x'.repeat(10_000_000)}","k":1,"t":1}`)
  const rows = new Map(t.view('keys').map(r => [r.key, r.value as { last: unknown; total: number }]))
  expect(rows.size).toBe(6)
  expect(rows.get('value')?.last === mega).toBe(true)
  expect([rows.get(mega)?.last, rows.get(`${mega}!`)?.last, rows.get('blanks')?.total]).toEqual([1, 2, 1])
  expect(deadBy(t)).toEqual(new Map([['events/0:6', '$.k: expected string, got number']]))
  await t.toAgree({ interleavings: 1, seed: 1, final: true })
})
