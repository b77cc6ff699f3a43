// Dead letters beyond the cap: their digest is that of their whole rows, whatever offsets and letters follow each
// other.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnlistedLetters } from '../../../core/emitted/unlisted-letters.ts'
import { type DeadLetter, decodeFailed, noTimestamp } from '../../../core/result/dead-letter.ts'
import { comparedLength, encodeDead } from '../../../core/state/row-codec.ts'
import { recordIdentity } from '../../../core/values/identity.ts'
import { MultisetDigest } from '../../../core/values/multiset-digest.ts'

interface Position {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

const NONE = new Uint8Array(0)
const KINDS: readonly DeadLetter[] = [
  decodeFailed('a', NONE, '$', 'empty'),
  decodeFailed('a', NONE, '$', 'not JSON', { message: 'shown only' }),
  decodeFailed('a', NONE, '$.t', 'empty'),
  decodeFailed('b', NONE, '$', 'empty'),
  noTimestamp('a', NONE),
]

function byRows(letters: readonly (readonly [DeadLetter, Position])[]): string {
  const digest = new MultisetDigest()
  for (const [letter, { topic, partition, offset }] of letters) {
    const { key, value } = encodeDead({ ...letter, identity: recordIdentity(topic, partition, offset) })
    digest.addRow(key, value.subarray(0, comparedLength(value)))
  }
  return `${digest.count} ${digest.hex()}`
}

function unlisted(letters: readonly (readonly [DeadLetter, Position])[]): string {
  const digest = new MultisetDigest()
  const rows = new UnlistedLetters()
  for (const [letter, { topic, partition, offset }] of letters) rows.add(digest, letter, topic, partition, offset)
  return `${digest.count} ${digest.hex()}`
}

/** Offsets about the places where they take another byte, and anywhere. */
const offsets = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: -2, max: 300 })).map(([bytes, more]) => {
    const offset = (1n << BigInt(8 * bytes)) + BigInt(more)
    return offset < 0n ? 0n : offset
  }),
  fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }),
  fc.constant(0n),
)

test('each letter counts as its row would', () => {
  const run = fc
    .tuple(fc.nat(KINDS.length - 1), fc.constantFrom('t', 'u'), fc.nat(1), offsets, fc.integer({ min: 1, max: 12 }))
    .map(([kind, topic, partition, from, length]) =>
      Array.from({ length }, (_, i) => {
        const position = { topic, partition, offset: from + BigInt(i) }
        return [KINDS[kind] as DeadLetter, position] as const
      }),
    )
  fc.assert(
    fc.property(fc.array(run, { maxLength: 12 }), runs => {
      expect(unlisted(runs.flat())).toBe(byRows(runs.flat()))
    }),
    { numRuns: 1000 },
  )
})

test('a long run of one letter, with gaps', () => {
  const letters = Array.from({ length: 70_000 }, (_, i) => {
    const offset = BigInt(i < 66_000 ? i : i * 1001)
    return [KINDS[0] as DeadLetter, { topic: 't', partition: 0, offset }] as const
  })
  expect(unlisted(letters)).toBe(byRows(letters))
})
