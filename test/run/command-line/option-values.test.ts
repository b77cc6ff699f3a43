// Values of options as they are typed.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readUntil } from '../../../run/command-line/option-values.ts'
import { testFolder } from '../support/folder.ts'

it('reads a cut from text or from a file', () => {
  const folder = testFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'text'), 'a/0:1,a/1:2\n')
  writeFileSync(join(folder, 'json'), '{"a/0":"1","a/1":"2"}')
  const expected = new Map([
    ['a/0', 1n],
    ['a/1', 2n],
  ])
  expect(readUntil('end')).toBe('end')
  expect(readUntil('a/0:1,a/1:2')).toEqual(expected)
  expect(readUntil(join(folder, 'text'))).toEqual(expected)
  expect(readUntil(join(folder, 'json'))).toEqual(expected)
  expect(() => readUntil('nonsense')).toThrow('is not a position of a cut')
})
