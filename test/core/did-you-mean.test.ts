// The nearest word to a mistyped one.

import { expect, test } from 'vitest'
import { didYouMean } from '../../core/did-you-mean.ts'

const WORDS = ['clock-in-lambda', 'log', 'state', 'bad-name']

test.each([
  ['clock-in-lamda', 'clock-in-lambda'],
  ['Stat', 'state'],
  ['lgo', null],
  ['lo', 'log'],
  ['badname', 'bad-name'],
  ['quite-something-else-altogether', null],
  ['', null],
])('%j is nearest to %j', (word, expected) => {
  expect(didYouMean(word, WORDS)).toBe(expected)
})

test('the first of two that are equally near', () => {
  expect(didYouMean('bar', ['baz', 'bat'])).toBe('baz')
})
