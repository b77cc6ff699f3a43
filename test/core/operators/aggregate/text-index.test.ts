// Strings to slots, against a Map.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOfText, TextIndex } from '../../../../core/operators/aggregate/text-index.ts'

describe('TextIndex', () => {
  it('maps strings to slots, also where hashes are equal', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 100 }), fc.boolean(), (texts, collide) => {
        const hash = collide ? () => 7 : hashOfText
        const index = new TextIndex()
        for (const [slot, text] of texts.entries()) {
          expect(index.find(text, hash(text), texts)).toBe(-1)
          index.add(hash(text), slot)
          expect(index.find(text, hash(text), texts)).toBe(slot)
        }
        expect(texts.map(text => index.find(text, hash(text), texts))).toEqual([...texts.keys()])
        expect([...index.slots()].sort((a, b) => a - b)).toEqual([...texts.keys()])
      }),
    )
  })
})
