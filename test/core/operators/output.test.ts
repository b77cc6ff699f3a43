// The key bytes of written records: keys that differ in the stream differ in the topic.

import { expect, it } from 'vitest'
import { outputKey } from '../../../core/operators/output/output-key.ts'

const utf8 = new TextDecoder()
const text = (key: unknown): string | null => {
  const bytes = outputKey(key)
  return bytes === null ? null : utf8.decode(bytes)
}

it.each([
  ['KR', 'KR'],
  ['😀', '😀'],
  ['\ud800', '"\\ud800"'],
  ['a\udc00', '"a\\udc00"'],
  ['', ''],
  [7, '7'],
  [{ b: 1, a: [null] }, '{"a":[null],"b":1}'],
  [null, null],
  [undefined, null],
])('%j is written as %j', (key, written) => {
  expect(text(key)).toBe(written)
})
