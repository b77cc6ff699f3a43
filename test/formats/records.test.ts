// Records whose type changes: optional fields, undeclared fields, versions, and a source that validates only what is
// used.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkJob } from '../../compiler/index.ts'
import type { SourceNode } from '../../core/plan/plan.ts'
import { testJob } from '../../testing/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-records-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function write(text: string): string {
  const path = join(folder, `job${files++}.ts`)
  writeFileSync(path, text)
  return path
}

describe('versions of a record', () => {
  const JOB = `import { job, source } from 'lyrebird'
type Order = { version: 1; user: string; amount: number } | { version: 2; user: { id: string }; cents: bigint; note?: string }
const orders = source<Order>('orders')
const one = orders.map(o => o.version === 1 ? { user: o.user, cents: BigInt(Math.round(o.amount * 100)) } : { user: o.user.id, cents: o.cents, note: o.note })
export default job('orders', { spent: one.keyBy(o => o.user).sum(o => o.cents), copies: one.to('copies') })
`

  it('share one topic, and a field of the record says which one it is', async () => {
    const t = await testJob(write(JOB))
    t.send('orders', { version: 1, user: 'a', amount: 1.5 }, { timestamp: 1 })
    t.send('orders', { version: 2, user: { id: 'a' }, cents: 2n ** 60n, extra: [1], __proto__: 1 }, { timestamp: 2 })
    t.send('orders', { version: 2, user: { id: 'b', more: 1 }, cents: 1n, note: 'n' }, { timestamp: 3 })
    t.send('orders', { version: 1, user: { id: 'a' }, amount: 1 }, { timestamp: 4 })
    t.send('orders', { version: 2, user: { id: 'a' }, cents: 1n, note: null }, { timestamp: 5 })
    t.send('orders', { version: 3, user: 'a' }, { timestamp: 6 })
    t.send('orders', { user: 'a', amount: 1 }, { timestamp: 7 })
    t.tick('orders', 1000)
    expect(t.view('spent').map(r => r.value)).toEqual([String(2n ** 60n + 150n), '1'])
    expect(t.output('copies').map(r => r.value)).toEqual([
      { user: 'a', cents: 150 },
      { user: 'a', cents: String(2n ** 60n) },
      { user: 'b', cents: 1, note: 'n' },
    ])
    expect(t.deadLetters().map(d => `${d.path}: ${d.reason}`)).toEqual([
      '$.user: expected string, got object',
      '$.note: expected string, got null',
      '$.version: expected 1 | 2, got another number',
      '$.version: missing field',
    ])
    await t.toAgree({ interleavings: 4, restarts: 2 })
  })
})

describe("validate: 'used'", () => {
  const JOB = (validate: string, more = ''): string => `import { count, job, source, sum } from 'lyrebird'
interface Event { id: string; user: { name: string; age: number }; tags: { x: number }[]; meta?: { a: number } | null }
const events = source<Event>('events', { validate: '${validate}' })
export default job('events', {
  users: events.filter(e => e.meta !== null).keyBy(e => e.user.name).aggregate({ n: count(), tags: sum(e => e.tags.length) }),${more}
})
`
  const planOf = async (text: string): Promise<{ source: SourceNode; hashes: Record<string, string> }> => {
    const { diagnostics, plan } = await checkJob(write(text))
    expect(diagnostics).toEqual([])
    return {
      source: plan?.nodes.find(n => n.kind === 'source') as SourceNode,
      hashes: Object.fromEntries(plan?.results.map(r => [r.name, r.hash]) ?? []),
    }
  }
  const records = [
    { id: 1, user: { name: 'a' }, tags: [{}, { x: '' }], meta: { a: 'x' } },
    { user: { name: 'b', age: 'old' }, tags: [{ x: 1 }] },
    { id: 'x', user: { name: 1, age: 1 }, tags: [] },
    { id: 'x', user: { name: 'c', age: 1 }, tags: null },
    { id: 'x', user: { name: 'd', age: 1 }, tags: [], meta: null },
    { id: 'x', user: { name: 'e', age: 1 }, tags: [], meta: 7 },
  ]

  it('only what is used must be of its type, in every executor; the syntax of the whole counts', async () => {
    const t = await testJob(write(JOB('used')))
    for (const r of records) t.send('events', r)
    t.sendRaw('events', '{"user":{"name":"f","age":},"tags":[]}')
    t.sendRaw('events', '{"id":"x","user":{"age":1,"name":"é","name":"g"},"tags":[{}]}')
    expect(t.view('users').map(r => r.key)).toEqual(['a', 'b', 'g'])
    expect(t.view('users').map(r => (r.value as { tags: number }).tags)).toEqual([2, 1, 1])
    expect(t.deadLetters().map(d => `${d.path}: ${d.reason}`)).toEqual([
      '$.user.name: expected string, got number',
      '$.tags: expected array, got null',
      '$.meta: expected null | object, got number',
      '$: not JSON',
    ])
    await t.toAgree({ interleavings: 4, restarts: 2 })
  })

  it('full checks everything', async () => {
    const t = await testJob(write(JOB('full')))
    for (const r of records) t.send('events', r)
    expect(t.deadLetters().map(d => d.path)).toEqual(['$.id', '$.id', '$.user.name', '$.tags', '$.meta'])
  })

  it('another use makes another source, only with this option', async () => {
    const more = '\n  ids: events.keyBy(e => e.id).count(),'
    const [used, usedMore] = [await planOf(JOB('used')), await planOf(JOB('used', more))]
    expect(usedMore.hashes.users).not.toBe(used.hashes.users)
    expect(usedMore.source.schema).not.toEqual(used.source.schema)
    const [full, fullMore] = [await planOf(JOB('full')), await planOf(JOB('full', more))]
    expect(fullMore.hashes.users).toBe(full.hashes.users)
    expect(full.hashes.users).not.toBe(used.hashes.users)
  })
})
