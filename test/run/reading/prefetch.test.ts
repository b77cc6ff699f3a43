// Reading ahead: the same items in the same order, and the same failures.

import { describe, expect, it } from 'vitest'
import { prefetch } from '../../../run/reading/prefetch.ts'

describe('prefetch', () => {
  it('keeps the order and closes a source that is left early', async () => {
    let closed = false
    async function* numbers() {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        closed = true
      }
    }
    const seen: number[] = []
    for await (const n of prefetch(numbers())) {
      seen.push(n)
      if (n === 3) break
    }
    expect(seen).toEqual([0, 1, 2, 3])
    expect(closed).toBe(true)
  })

  it('gives what came before a failure, then the failure', async () => {
    async function* failing() {
      yield 1
      throw new Error('broken')
    }
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const n of prefetch(failing())) seen.push(n)
      })(),
    ).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })
})

it('releases what was read ahead in vain', async () => {
  const released: number[] = []
  const numbers = async function* () {
    yield* [1, 2, 3]
  }
  for await (const n of prefetch(numbers(), ahead => released.push(ahead))) if (n === 2) break
  expect(released).toEqual([3])
})
