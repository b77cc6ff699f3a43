// Values of every kind in every role: keys, object keys, sets, sums, windows, closed windows, outputs.

import { collectSet, count, countDistinct, job, last, max, maxBy, min, source, sum, topK, tumbling } from 'lyrebird'

interface Event {
  k: string
  t: number
  n?: number
  id?: bigint
  v?: unknown
  tags?: Record<string, number>
  list?: (string | null)[]
}

const events = source<Event>('events', { time: e => e.t, disorder: '1m' })

const keys = events
  .keyBy(e => e.k)
  .aggregate({
    events: count(),
    total: sum(e => e.n ?? 0),
    largest: max(e => e.n ?? 0),
    newest: max(e => e.id ?? 0n),
    values: collectSet(e => e.v ?? null),
    kinds: countDistinct(e => e.v ?? null),
    last: last(e => e.v ?? null),
  })

const objects = events
  .keyBy(e => ({ [e.k]: e.v ?? null, tags: e.tags ?? {} }))
  .window(tumbling('1m'))
  .aggregate({
    events: count(),
    best: maxBy(
      e => e.k,
      e => e.tags ?? {},
    ),
  })

const lists = events
  .keyBy(e => e.list ?? [])
  .flatMapKeys(list => list)
  .aggregate({ events: count(), least: min(e => e.k), keys: topK(3, e => e.k) })

const copies = events.to('copies', { key: e => e.k, partitions: 2 })
const closed = objects.closed().to('closed', { partitions: 2 })

export default job('values', { keys, objects, lists, copies, closed })
