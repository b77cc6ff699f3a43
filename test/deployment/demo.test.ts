// `npm run demo:deployment`: everything that it shows is as it must be, on a real broker and a real Postgres.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { hasPostgres } from '../../scripts/postgres/server.ts'
import { noKafka } from '../logs/kafka/support/cluster.ts'
import { ROOT } from '../support/repository.ts'

it.skipIf(noKafka || !hasPostgres())('shows a deployment that is right', { timeout: 240_000 }, async () => {
  const script = join(ROOT, 'scripts', 'kafka', 'run.mjs')
  const demo = spawn(process.execPath, [script, 'demo-deployment'], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1' },
  })
  let said = ''
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', part => {
      said += part
    })
  }
  const code = await new Promise(resolve => demo.once('close', resolve))
  expect(said).not.toContain('NOT SO')
  expect(said.match(/✓/g)?.length, said).toBe(7)
  expect(code, said).toBe(0)
})
