// `npm run demo:kafka`: everything that it shows is as it must be, on three brokers of which one dies.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { noKafka } from './support/cluster.ts'

const LIMIT_MS = 400_000

it.skipIf(noKafka)('the demo on three brokers is green', { timeout: LIMIT_MS }, async () => {
  const root = join(import.meta.dirname, '..', '..', '..')
  const demo = spawn(process.execPath, [join(root, 'scripts', 'kafka', 'run.mjs'), 'demo'], { cwd: root })
  let text = ''
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', part => {
      text += part
    })
  }
  const [code] = await once(demo, 'close')
  expect(code, text).toBe(0)
  expect(text.match(/✓/g), text).toHaveLength(3)
  expect(text).toMatch(/kill -9 \d+: the engine/)
  expect(text).toMatch(/kill -9 \d+: broker \d/)
  const [, receipts, orders] = /(\d+) receipts for (\d+) orders, read as committed/.exec(text) ?? []
  expect(Number(receipts)).toBeGreaterThan(1_000)
  expect(receipts).toBe(orders)
})
