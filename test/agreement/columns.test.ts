// A job whose lambdas are expressions over columns that the kernel reads, against the reference, on records in many
// spellings: expected and odd ones, in batches of every size.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { reference } from '../../core/reference/reference.ts'
import { type Random, seededRandom } from '../../testing/equivalence/random.ts'
import { folderOf, jobFile } from '../compiler/support/job-folder.ts'
import { batch, differenceOf, stream } from '../support/feeding.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

const SEED = 20_260_101

const JOB = `import { count, first, hopping, job, last, max, mean, min, session, source, sum, topK, tumbling } from 'lyrebird'

interface Event {
  t: number; user: string; kind: 'view' | 'buy'; amount: number; paid: boolean; note?: string; rate: number | null
  device: { os: string; major: number }
}
const RATE = 1.5
const events = source<Event>('e', { time: e => e.t, disorder: '5s' })
const bought = events.filter(e => e.kind === 'buy' && e.amount > 0)

const byUser = events.keyBy(e => e.user).aggregate({ n: count(), sum: sum(e => e.amount * RATE), most: max(e => e.amount) })
const byOs = bought.keyBy(e => e.device.os).window(tumbling('10s')).aggregate({ n: count(), least: min(e => e.amount) })
const byPaid = events.keyBy(e => e.paid).window(hopping('10s', '5s')).aggregate({ mean: mean(e => e.rate ?? -1) })
const byTwo = events.keyBy(e => ({ note: e.note, major: e.device.major })).count()
const byParts = events
  .keyBy(e => ({ user: e.user, os: e.device.os, rate: e.rate, 'é': [e.paid, 'x', e.amount * 2], b: { kind: e.kind } }))
  .window(hopping('10s', '5s'))
  .aggregate({ n: count(), sum: sum(e => e.amount) })
const bySession = events.keyBy(e => [e.user, e.kind]).window(session('4s')).aggregate({ n: count() })
const keyed = events.keyBy(e => ({ user: e.user, kind: e.kind })).flatMapKeys(k => [k, { user: k.user, kind: 'any' }]).count()
const mapped = events
  .map(e => ({ who: e.user, price: e.paid ? e.amount : -e.amount, os: e.device.os }))
  .filter(m => m.price !== 3)
  .keyBy(m => m.who + '/' + m.os)
  .window(session('4s'))
  .aggregate({ first: first(m => m.price), last: last(), n: count() })
const whole = events.keyBy(e => e.note ?? 'none').aggregate({ last: last() })
const most = bought.keyBy(e => e.kind).aggregate({ top: topK(3, e => e.amount) })
// The same names with other values, behind lambdas that are no expressions.
const shifted = events
  .map(e => ({ ...e, amount: Math.abs(e.amount) + 1, user: e.user.toUpperCase() }))
  .filter(e => e.amount > 2)
  .keyBy(e => e.user)
  .aggregate({ sum: sum(e => e.amount), n: count() })
const flat = events
  .flatMap(e => [{ user: e.user + '!', amount: 1, paid: !e.paid }, { user: e.user, amount: e.amount, paid: e.paid }])
  .filter(e => e.paid)
  .keyBy(e => e.user)
  .flatMapKeys(k => [k, k.slice(0, 1)])
  .aggregate({ sum: sum(e => e.amount) })
const again = events
  .map(e => ({ user: e.device.os, os: e.user }))
  .keyBy(m => m.user)
  .window(hopping('10s', '5s'))
  .aggregate({ last: last(m => m.os), n: count() })
const rest = events.filter(e => e.user.length > 1).keyBy(e => e.user.toUpperCase()).count()

export default job('columns', { byUser, byOs, byPaid, byTwo, byParts, bySession, keyed, mapped, whole, most, shifted, flat, again, rest })
`

/** One value in one of its spellings. */
function spelt(random: Random, value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(v => spelt(random, v)).join(random.pick([',', ' ,\n']))}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, v]) => v !== undefined)
    if (random.chance(0.2)) fields.sort(() => (random.chance(0.5) ? 1 : -1))
    if (random.chance(0.05)) fields.push(random.pick(fields))
    const blank = random.chance(0.1) ? ' ' : ''
    return `{${blank}${fields.map(([k, v]) => `${JSON.stringify(k)}${blank}:${blank}${spelt(random, v)}`).join(`,${blank}`)}}`
  }
  const text = JSON.stringify(value)
  if (typeof value === 'string' && random.chance(0.1)) {
    return `"${[...value].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
  }
  return typeof value === 'number' && random.chance(0.1) ? `${text}${text.includes('.') ? '0' : '.0'}e0` : text
}

function randomEvent(random: Random, t: number): unknown {
  const extra = random.chance(0.3) ? { other: random.pick([1, 'x', null, [1, { a: 2 }]]) } : {}
  return {
    t,
    user: random.pick(['a', 'b', 'é', '한글', '', 'x'.repeat(40), 'q"', '\u0000']),
    ...extra,
    kind: random.pick(['view', 'buy', 'buy', random.chance(0.05) ? 'sell' : 'view']),
    amount: random.pick([0, -0, 1, 2.5, -3, 3, 1e21, 0.12345678901234568, random.chance(0.05) ? '7' : 7]),
    paid: random.chance(0.5),
    note: random.pick([undefined, 'n', 'none', random.chance(0.1) ? null : 'm']),
    rate: random.pick([null, 1, 0.25, random.chance(0.1) ? undefined : 2]),
    device: { os: random.pick(['ios', 'android']), major: random.below(3), build: 'b' },
    tags: Array.from({ length: random.below(3) }, () => random.pick(['x', 'y'])),
  }
}

function randomLog(random: Random): ReferenceInput {
  const utf8 = new TextEncoder()
  const partition = (): string[] => {
    let time = 0
    return Array.from({ length: 300 }, () => {
      time += random.below(700)
      const text = spelt(random, randomEvent(random, time - random.below(random.chance(0.1) ? 9000 : 1000)))
      return random.chance(0.03) ? text.slice(0, random.below(text.length)) : text
    })
  }
  const [a, b] = [partition(), partition()]
  const log = smallLog({ 'e/0': a.map(() => 0), 'e/1': b.map(() => 0) })
  return log.map((p, i) => ({
    ...p,
    records: p.records.map((r, k) => ({ ...r, value: random.chance(0.01) ? null : utf8.encode([a, b][i]?.[k]) })),
  }))
}

/** In chunks of many records, flushed once. */
const whole = (module: FunctionsModule, log: ReferenceInput, state: MemoryState): void =>
  feedWhole(module, log, state, false)

/** As under a debugger. */
const called = (module: FunctionsModule, log: ReferenceInput, state: MemoryState): void =>
  feedWhole(module, log, state, true)

function feedWhole(module: FunctionsModule, log: ReferenceInput, state: MemoryState, callsLambdas: boolean): void {
  const executor = new JobExecutor(module, { ...memoryEnvironment(null), callsLambdas })
  for (const partition of log) executor.feed(chunkOf(partition, partition.records))
  state.commit(executor)
}

it(`agrees with the reference on expressions over columns (seed ${SEED})`, { timeout: 120_000 }, async () => {
  const outDir = folderOf({})
  const { diagnostics } = await compileJob(jobFile(JOB, {}), { outDir })
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  expect(readFileSync(join(outDir, 'functions.mjs'), 'utf8')).toContain('api.recordColumns(')
  expect(readFileSync(join(outDir, 'functions.mjs'), 'utf8')).toContain('.keyWriter')
  const functions = await loadFunctions(outDir)
  const random = seededRandom(SEED)
  for (let i = 0; i < 10; i++) {
    const log = randomLog(random)
    const expected = reference(functions, log)
    expect(expected.dead.length).toBeGreaterThan(0)
    for (const feed of [stream, batch, whole, called]) {
      const state = new MemoryState()
      feed(functions, log, state, bound => random.below(bound))
      expect(differenceOf(functions.plan, state, expected), feed.name).toBeNull()
    }
  }
})
