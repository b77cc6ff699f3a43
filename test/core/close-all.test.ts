// Closing several things: each is closed whatever the others throw, and the first error is the one that is thrown.

import { expect, test } from 'vitest'
import { closeAll, orClose, thenClose } from '../../core/close-all.ts'

/** Three closings of which some throw, and the names of those that were called. */
function closings(...failing: string[]) {
  const called: string[] = []
  const close = (name: string) => () => {
    called.push(name)
    if (failing.includes(name)) throw new Error(`close ${name}`)
  }
  return { called, all: [close('a'), close('b'), close('c')] }
}

const fails = async (): Promise<never> => {
  throw new Error('the run')
}

test('a failure leaves nothing else open, and is thrown', async () => {
  const { called, all } = closings('a', 'b')
  await expect(closeAll(...all)).rejects.toThrow('close a')
  expect(called).toEqual(['a', 'b', 'c'])
})

test('what the body throws is not hidden by a failure to close', async () => {
  for (const run of [thenClose, orClose]) {
    const { called, all } = closings('b')
    await expect(run(fails, ...all)).rejects.toThrow('the run')
    expect(called).toEqual(['a', 'b', 'c'])
  }
})

test('after a body that succeeds a failure to close is thrown', async () => {
  const { called, all } = closings('c')
  await expect(thenClose(async () => 1, ...all)).rejects.toThrow('close c')
  expect(called).toEqual(['a', 'b', 'c'])
})

test('only thenClose closes after a body that succeeds', async () => {
  const kept = closings()
  expect(await orClose(async () => 1, ...kept.all)).toBe(1)
  expect(kept.called).toEqual([])
  const closed = closings()
  expect(await thenClose(async () => 1, ...closed.all)).toBe(1)
  expect(closed.called).toEqual(['a', 'b', 'c'])
})
