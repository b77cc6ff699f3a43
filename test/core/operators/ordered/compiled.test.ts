// The ordered operators through the whole compiler: both executors, many schedules and restarts, against the reference.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testJob } from '../../../../testing/index.ts'

const JOB = `import { job, source, table } from 'lyrebird'
interface Click { user: string; page: string; t: number }
interface User { id: string; name: string; t: number; unused?: string[] }
const clicks = source<Click>('clicks', { time: c => c.t, disorder: '5s' }).keyBy(c => c.user)
const users = table<User, string>('users', {
  key: u => u.id, time: u => u.t, disorder: '1s', deletedKey: r => String(r.key).slice(1),
})
const regions = table('regions', { key: (r: { city: string; region: string }) => r.city })
const plain = table<{ v: number }>('plain')
const lengths = ['a', 'bb']
const own = clicks.mapValues(c => (c.page === '' ? null : c.page)).toTable()
const totals = clicks.scan({ n: 0, last: '' }, (s, c, r) => ({ n: s.n + 1, last: c.page + r.key + lengths.length }))
export default job('ordered', {
  users, own, plain,
  regions: regions.filter(r => r.region !== 'none'),
  names: users.mapValues(u => u.name),
  joined: clicks.joinTable(users, { type: 'left' }).mapValues(v => \`\${v.left.page} \${v.right?.name}\`).to('joined'),
  regional: clicks.keyBy(c => c.page).joinTable(regions).to('regional'),
  same: clicks.joinTable(own).to('same'),
  totals: totals.to('totals'),
  pages: clicks.distinct(c => c.page).count(),
  all: clicks.distinct().count(),
  visits: clicks.dedupe(c => c.page, '10s').scan(0, n => n + 1).distinct().to('visits'),
})
`

function jobFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-ordered-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'job.ts')
  writeFileSync(path, text)
  return path
}

test('agrees, deletions of tables included', { timeout: 60_000 }, async () => {
  const path = jobFile(JOB)
  const t = await testJob(path)
  for (let i = 0; i < 60; i++) {
    const time = 1000 * i - (i % 4) * 1500
    t.send('clicks', { user: `u${i % 3}`, page: ['a', 'b', '', 'c'][(i * 7) % 4], t: time }, { partition: i % 2 })
    if (i % 5 === 0) t.send('users', { id: `u${i % 3}`, name: `n${i}`, t: time, unused: ['x'] }, { key: `xu${i % 3}` })
    if (i % 11 === 3) t.sendRaw('users', null, { key: `xu${i % 3}`, timestamp: time })
    if (i % 9 === 0) t.send('regions', { city: 'abc'[i % 3], region: i % 2 ? 'none' : `r${i}` }, { timestamp: time })
    if (i % 6 === 0) t.send('plain', { v: i }, { key: `k${i % 4}`, timestamp: time })
    if (i % 17 === 0) t.sendRaw('plain', null, { key: 'k0', timestamp: time })
  }
  const agreed = await t.toAgree({ interleavings: 3, restarts: 3 })
  expect(agreed).toBeDefined()
  expect(t.output('joined').length).toBeGreaterThan(40)
  expect(t.output('joined').some(r => String(r.value).endsWith('undefined'))).toBe(true)
  expect(t.output('same').length).toBeGreaterThan(20)
  expect(t.output('regional').length).toBeGreaterThan(5)
  expect(t.output('visits', { final: true }).length).toBeGreaterThan(10)
  await t.toAgree({ interleavings: 1, restarts: 1, final: true })
})
