// The page on foreign keys: its job keeps every left row, and follows changes of both sides, whatever the order of
// arrival.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { testJob } from '../../../testing/index.ts'
import { read } from '../../support/repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-foreign-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'job.ts')
writeFileSync(path, /```ts\n([\s\S]*?)```/.exec(read('docs/language/foreign-keys.md'))?.[1] ?? '')

const iso = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()

interface Row {
  readonly at: string
  readonly user: string
  readonly page: string
}

async function joinedOf(seed: number) {
  const random = seededRandom(seed)
  const t = await testJob(path)
  const lefts = new Map<string, Row>()
  const plans = new Map<string, string>()
  for (let second = 1; second <= 60; second++) {
    if (random.chance(0.3)) {
      const user = { at: iso(second), id: random.pick(['ann', 'bob', 'cho']), plan: `p${second}` }
      t.send('users', user)
      plans.set(user.id, user.plan)
    } else {
      const country = random.pick(['KR', 'US', 'DE', 'FR', 'JP'])
      const view = {
        at: iso(second),
        user: random.pick(['ann', 'bob', 'cho', 'dee']),
        page: `/${second}`,
        country,
        ms: 1,
      }
      t.send('views', view)
      lefts.set(country, view)
    }
  }
  const expected = [...lefts].flatMap(([key, { page, user }]) => {
    const plan = plans.get(user)
    return plan === undefined ? [] : [{ key, value: { page, user, plan } }]
  })
  return { t, expected: expected.sort((a, b) => (a.key < b.key ? -1 : 1)) }
}

it('has a row for each left row whose foreign key is there', async () => {
  let shared = 0
  for (let seed = 1; seed <= 12; seed++) {
    const { t, expected } = await joinedOf(seed)
    expect(
      t.view('joined', { final: true }).map(({ key, value }) => ({ key, value })),
      `seed ${seed}`,
    ).toEqual(expected)
    if (new Set(expected.map(row => row.value.user)).size < expected.length) shared++
    if (seed === 1) await t.toAgree({ interleavings: 5, restarts: 2, seed, final: true })
  }
  expect(shared).toBeGreaterThan(5)
})
