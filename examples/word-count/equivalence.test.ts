// Batch, stream and reference count the same words.

import { fileURLToPath } from 'node:url'
import { testJob } from 'lyrebird/testing'
import { expect, test } from 'vitest'
import type job from './job.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const wordCount = here('job.ts')

test('the log of the example', async () => {
  const t = await testJob<typeof job>(wordCount, { log: here('log') })
  const counts = new Map(t.view('words').map(r => [r.key, r.value]))
  expect(['the', 'song', 'words', '노래', 'τραγούδι'].map(word => counts.get(word))).toEqual([12, 3, 3, 1, 1])
  await t.toAgree({ interleavings: 10, restarts: 5 })
})

test('lines, empty ones and odd ones among them', async () => {
  const t = await testJob<typeof job>(wordCount)
  t.send('text', 'to be, or not to be').send('text', '').send('text', 'constructor __proto__ To\r', { partition: 1 })
  expect(t.view('words')).toEqual([
    { key: 'be', value: 2 },
    { key: 'constructor', value: 1 },
    { key: 'not', value: 1 },
    { key: 'or', value: 1 },
    { key: 'proto', value: 1 },
    { key: 'to', value: 3 },
  ])
  await t.toAgree()
})
