// A job with bytes in every format, for the agreement of executors: a source of a custom format, outputs in all
// formats.
//
// Promises: decoding throws on damaged records, gives what is no plain data for some, and writing fails for some
// elements.

import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import { EVENT_SCHEMA, type Event } from '../random-log.ts'
import { PlanBuilder, tumbling } from './graph-plan.ts'

const strict = new TextDecoder('utf-8', { fatal: true })
const utf8 = new TextEncoder()

/** JSON, by a decoder of the job itself. */
function decode(bytes: Uint8Array): unknown {
  const event = JSON.parse(strict.decode(bytes)) as Event
  if (event.n === 2) return Promise.resolve(event)
  if (event.n === 3) return { ...event, n: new Date(0) }
  return event.n === 4 ? { ...event, tags: undefined, more: 1 } : event
}

function encode({ k, n }: Event): Uint8Array {
  if (k === 'b') throw new Error('no b')
  return k === 'c' ? (null as never) : utf8.encode(`${k}=${n}`).reverse()
}

export function formats(): { plan: Plan; lambdas: Lambdas } {
  const plan = new PlanBuilder()
  const custom = { kind: 'custom', name: 'own', definition: null } as const
  const time = (e: Event): number => e.t
  const all = plan.source('a', { format: custom, decode, schema: EVENT_SCHEMA, time, disorderMs: 5000 })
  const keyed = plan.keyBy(all, (e: Event) => e.k)
  const row = plan.map(all, (e: Event) => ({ k: e.k, n: e.n, ...(e.n > 5 ? { tags: e.tags?.join() } : {}) }))
  plan.view('last', plan.aggregate(keyed, tumbling(10_000), { event: { kind: 'last' }, n: { kind: 'count' } }))
  plan.output('own', plan.to(keyed, 'own', { format: custom, encode, partitions: 2, keyed: true }))
  plan.output('csv', plan.to(row, 'csv', { format: { kind: 'csv', columns: ['n', 'k', 'tags'] } }))
  plan.output(
    'lines',
    plan.to(
      plan.map(all, (e: Event) => e.k),
      'lines',
      { format: { kind: 'lines' } },
    ),
  )
  const text = plan.map(all, (e: Event) => (e.n === 1 ? e.k : utf8.encode(e.k)))
  plan.output('bytes', plan.to(text, 'bytes', { format: { kind: 'bytes' } }))
  return plan.program('formats')
}
