// Strict types of which few fields are used, and names that JavaScript gives a meaning of its own: what each record
// becomes.

import { expect, test } from 'vitest'
import { deadBy, hostileJob, prototypesAreClean } from './support/hostile.ts'

const SHAPE = { t: '1', id: '1', kind: '"circle"', at: '[1,2]', size: '{"kind":"one","value":1}', names: '{}' }

/** A record of type Shape with some of its fields replaced. */
function shape(changes: Readonly<Record<string, string>>): string {
  const fields = Object.entries({ ...SHAPE, ...changes })
  return `{${fields.map(([name, text]) => `"${name}":${text}`).join(',')}}`
}

test('fields that no lambda uses are validated like the others', async () => {
  const kinds = '"circle" | "square" | 1 | true | null'
  const sizes = '$.size.kind: expected "one" | "two", got another string'
  const cases: readonly (readonly [changes: Readonly<Record<string, string>>, becomes: string | null])[] = [
    [{}, null],
    [{ kind: '1' }, null],
    [{ kind: '1.0' }, null],
    [{ kind: 'true' }, null],
    [{ kind: 'null' }, null],
    [{ kind: '"c\\u0069rcle"' }, null],
    [{ kind: '"Circle"' }, `$.kind: expected ${kinds}, got another string`],
    [{ kind: '2' }, '$.kind: expected 1, got another number'],
    [{ kind: 'false' }, '$.kind: expected true, got another boolean'],
    [{ kind: '{}' }, `$.kind: expected ${kinds}, got object`],
    [{ at: '[1,2,"a","\\ud800"]' }, null],
    [{ at: '[1]' }, '$.at: expected at least 2 elements, got 1'],
    [{ at: '[1,2,3]' }, '$.at[2]: expected string, got number'],
    [{ at: '[null,2]' }, '$.at[0]: expected number, got null'],
    [{ size: '{"value":"x","kind":"two"}' }, null],
    [{ size: '{"kind":"two","value":1}' }, '$.size.value: expected string, got number'],
    [{ size: '{"kind":"three","value":1}' }, sizes],
    [{ size: '{"kind":"one","kind":"two","value":"x"}' }, null],
    [{ size: '{"__proto__":{"kind":"one"},"value":1}' }, '$.size.kind: missing field'],
    [{ names: '{"__proto__":"a","":"b"}' }, null],
    [{ names: '{"a":"b","__proto__":1}' }, '$.names.__proto__: expected string, got number'],
    [{ names: '{"a b":1}' }, '$.names["a b"]: expected string, got number'],
    [{ id: '1e0' }, '$.id: expected integer, got number with fraction or exponent'],
    [{ id: '-170141183460469231731687303715884105728' }, null],
    [{ t: '1e400' }, 'the time is out of range'],
    [{ t: '1.5' }, 'the time is no integer'],
  ]
  const t = await hostileJob('types')
  for (const [changes] of cases) t.sendRaw('shapes', shape(changes))
  const dead = deadBy(t)
  for (const [i, [changes, becomes]] of cases.entries()) {
    expect(dead.get(`shapes/0:${i}`) ?? null, JSON.stringify(changes)).toBe(becomes)
  }
  const rows = new Map(t.view('kinds').map(r => [r.key, r.value as { shapes: number; ids: string }]))
  expect(rows.get(1)?.shapes).toBe(2)
  expect(new Set(rows.keys())).toEqual(new Set(['circle', 1, true, null]))
  expect(rows.get('circle')?.ids).toBe(String(-(2n ** 127n) + 6n))
  await t.toAgree({ interleavings: 5, seed: 1 })
})

test('fields, topics, views and headers called __proto__, constructor, toString and the like', async () => {
  const record = (proto: string, more = ''): string =>
    `{"__proto__":${JSON.stringify(proto)},"constructor":"c","toString":1,"":1,"a\\"b\\\\c":2,"\\u0000":3,"\\u00e9":4${more}}`
  const t = await hostileJob('names')
  t.sendRaw('__proto__', record('__proto__'), { headers: { __proto__: 'x', constructor: 'y' } })
  t.sendRaw('__proto__', record('toString', ',"hasOwnProperty":7'), { headers: { toString: '' } })
  t.sendRaw('__proto__', record('x').replace('"__proto__"', '"\\u005f_proto__"'), { partition: 1 })
  t.sendRaw('__proto__', record('x').replace('"constructor":"c",', ''), { partition: 1 })
  t.sendRaw('__proto__', record('x').replace('"toString":1', '"toString":"1"'), { partition: 1 })
  t.sendRaw('__proto__', record('x').replace('"__proto__":"x"', '"__proto__":{"toString":1}'), { partition: 1 })
  expect(t.view('toString').map(r => r.key)).toEqual(['__proto__', 'toString', 'x'])
  expect(t.view('toString')[0]?.value).toEqual({
    constructor: 1,
    hasOwnProperty: 1,
    valueOf: [JSON.parse('{"__proto__":"c","sum":10}')],
  })
  expect(t.view('constructor').map(r => r.key)).toEqual([[], ['constructor'], ['toString']])
  expect([...deadBy(t)].sort()).toEqual([
    ['__proto__/1:1', '$.constructor: missing field'],
    ['__proto__/1:2', '$.toString: expected number, got string'],
    ['__proto__/1:3', '$.__proto__: expected string, got object'],
  ])
  expect(t.output('valueOf', { final: true }).map(r => r.key)).toEqual(['toString'])
  expect(prototypesAreClean()).toBe(true)
  await t.toAgree({ interleavings: 5, seed: 1 })
  await t.toAgree({ interleavings: 2, seed: 2, final: true })
})
