// `lyrebird serve` beside a live run: the command, and what it says where it cannot listen.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { begin, JOB, project, records, run } from '../cli/lyrebird.ts'

const LIMIT_MS = 120_000

it('answers what a live run commits, until it is stopped', { timeout: LIMIT_MS }, async () => {
  const there = project({ 'job.ts': JOB })
  const append = (from: number, to: number) =>
    run(there, ['append', 'page-views', '--log', 'log'], { input: records(to - from, from) })
  await append(0, 30)
  const live = begin(there, ['run', 'job.ts', '--log', 'log', '--state', 'state', '--commit-interval', '50ms'])
  await live.said('live')
  const serving = begin(there, ['serve', '--state', 'state', '--port', '0'])
  await serving.said('views of state on http://127.0.0.1:')
  const address = /http:\S+(?=\/views)/.exec(serving.told())?.[0] as string
  const users = async () => {
    const response = await fetch(`${address}/views/users/rows`)
    const { rows } = (await response.json()) as { rows: readonly { key: string; value: number }[] }
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
  }
  expect(Object.values(await users()).reduce((a, b) => a + b, 0)).toBe(30)
  await append(30, 70)
  await expect.poll(async () => Object.values(await users()).reduce((a, b) => a + b, 0), { timeout: 20_000 }).toBe(70)
  const queried = await run(there, ['query', 'users', '--state', 'state', '--key', '"u3"'])
  expect(JSON.parse(queried.out)).toEqual({ key: 'u3', value: (await users()).u3 })
  const again = await run(there, ['serve', '--state', 'state', '--port', new URL(address).port])
  expect(again).toMatchObject({ code: 2, err: expect.stringMatching(/is in use\n.*--port 8081/) })
  serving.child.kill('SIGTERM')
  expect(await serving.ended).toMatchObject({ code: 0, out: '' })
  live.child.kill('SIGTERM')
  expect((await live.ended).code).toBe(0)
})

it('says what it lacks', { timeout: LIMIT_MS }, async () => {
  const there = project()
  writeFileSync(join(there, 'token'), 'short\n')
  for (const [args, message] of [
    [[], '--state is missing'],
    [['--state', 'state', '--port', '70000'], '--port takes a number up to 65535'],
    [['--state', 'state', '--host', '0.0.0.0'], 'would answer everybody who can reach it'],
    [['--state', 'state', '--token-file', 'none'], 'cannot be read (ENOENT)'],
    [['--state', 'state', '--token-file', 'token'], 'has 5 characters, and needs 16'],
  ] as const) {
    const { code, err } = await run(there, ['serve', ...args])
    expect(err).toContain(message)
    expect(code).toBe(2)
  }
})
