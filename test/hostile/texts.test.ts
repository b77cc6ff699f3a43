// Hostile lines and rows of CSV: line ends, quotes, blanks, bytes that are no UTF-8.

import { expect, test } from 'vitest'
import { deadBy, hostileJob } from './support/hostile.ts'

test('lines are taken as they are, less one carriage return; empty ones and bytes that are no UTF-8 are dead', async () => {
  const t = await hostileJob('texts')
  const lines = [
    '',
    '\r',
    '\r\r',
    ' ',
    'a',
    'a\r',
    'a\r\n',
    '\ufeffa',
    '\u0000',
    'caf\u00e9',
    'cafe\u0301',
    '\u2028',
    '__proto__',
    '"',
  ]
  for (const [i, line] of lines.entries())
    t.sendRaw('lines', line, { key: i % 2 === 0 ? '__proto__' : null, timestamp: i })
  t.sendRaw('lines', Uint8Array.of(0x61, 0xff), { timestamp: 20 })
  t.sendRaw('lines', Uint8Array.of(0xed, 0xa0, 0x80), { timestamp: 20 })
  t.sendRaw('lines', null, { timestamp: 20 })
  t.sendRaw('lines', 'no text as a key', { key: Uint8Array.of(0xff), timestamp: 20 })
  const counts = new Map(t.view('text').map(r => [r.key, r.value]))
  const expected = new Map<string, number>()
  for (const line of [...lines, 'no text as a key']) {
    const text = line.replace(/\r$/, '')
    if (text !== '') expected.set(text, (expected.get(text) ?? 0) + 1)
  }
  expect(counts).toEqual(expected)
  expect([...deadBy(t)].sort()).toEqual([
    ['lines/0:0', '$: empty'],
    ['lines/0:1', '$: empty'],
    ['lines/0:14', '$: invalid UTF-8'],
    ['lines/0:15', '$: invalid UTF-8'],
    ['lines/0:16', '$: null value'],
    ['lines/0:17#0', 'the lambda threw'],
  ])
  expect(t.view('pieces').map(r => r.key)).toEqual([null, '__proto__'])
  await t.toAgree({ interleavings: 5, seed: 1 })
})

test('rows of CSV', async () => {
  const bad = (name: string, type: string, got = 'string'): string => `$.${name}: expected ${type}, got ${got}`
  const cases: readonly (readonly [row: string | Uint8Array, becomes: object | string])[] = [
    ['a,1,2,true', { numbers: [1], ids: ['2'], states: [true] }],
    ['b,1,2,true\r', { numbers: [1] }],
    ['c,1,,', { ids: ['0'], states: [null] }],
    ['d, 1 ,\t2, false ', { numbers: [1], ids: ['2'], states: [false] }],
    ['"e",1,2,', { numbers: [1] }],
    ['"f,""f""\n",-0,2,', { numbers: [0] }],
    ['"",1,2,', { numbers: [1] }],
    [' "g",1,2,', { numbers: [1] }],
    ['\u0000,1,2,', { numbers: [1] }],
    ['\ufeffh,1,2,', { numbers: [1] }],
    ['__proto__,1e999,9007199254740993,', { numbers: ['Infinity'], ids: ['9007199254740993'] }],
    [`i,${'9'.repeat(5000)},${'9'.repeat(5000)},`, { numbers: ['Infinity'], ids: ['9'.repeat(5000)] }],
    ['j,+1,2,', { numbers: [1] }],
    ['k,01,2,', { numbers: [1] }],
    ['l,1.,2,TRUE', { numbers: [1] }],
    ['', '$: empty'],
    ['\r', '$: empty'],
    ['x', '$: expected 4 columns, got 1'],
    ['x,1,2,true,', '$: expected 4 columns, got 5'],
    ['"x,1,2,true', '$: malformed quotes'],
    ['"x"y,1,2,true', '$: malformed quotes'],
    ['x,NaN,2,', '$.n: expected number, got a word for nothing'],
    ['x,0x1,2,', bad('n', 'number')],
    ['x,1_0,2,', bad('n', 'number')],
    ['x,,2,', bad('n', 'number', 'an empty column')],
    ['x,\u00a01,2,', bad('n', 'number')],
    ['x,1,2.0,', bad('id', 'integer')],
    [Uint8Array.of(0x78, 0x2c, 0x31, 0x2c, 0xff, 0x2c), '$: invalid UTF-8'],
  ]
  const t = await hostileJob('texts')
  for (const [row] of cases) t.sendRaw('rows', row)
  const dead = deadBy(t)
  const names = ['a', 'b', 'c', 'd', 'e', 'f,"f"\n', '', ' "g"', '\u0000', '\ufeffh', '__proto__', 'i', 'j', 'k', 'l']
  const rows = new Map(t.view('names').map(r => [r.key, r.value]))
  for (const [i, [row, becomes]] of cases.entries()) {
    const what = String(row).slice(0, 40)
    if (typeof becomes === 'string') expect(dead.get(`rows/0:${i}`), what).toBe(becomes)
    else expect(rows.get(names[i]), what).toMatchObject(becomes)
  }
  expect([...rows.keys()].sort()).toEqual([...names].sort())
  await t.toAgree({ interleavings: 5, seed: 1 })
})
