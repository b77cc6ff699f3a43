// Joins: with data of the job (an imported file too), of streams within bounds, of tables; the changes of a view.

import { count, job, snapshot, source, sum, tumbling } from 'lyrebird'
import { type Event, events } from './event.ts'
import labels from './labels.json' with { type: 'json' }

const names = snapshot(labels)
const sizes = snapshot(
  [
    { tags: 1, size: 'small' },
    { tags: 2, size: 'large' },
  ],
  { key: row => row.tags },
)
const byKey = events.keyBy(e => e.k)
const other = source<Event>('a', { time: e => e.t, disorder: '2s' }).keyBy(e => e.k)

const named = byKey.lookup(names).mapValues(v => v.right.label)
const sized = events.lookup(sizes, { key: e => e.tags?.length ?? 0, type: 'left' })

const near = byKey.joinWithin(other.lookup(names, { type: 'left' }), { before: '1s', after: '500ms', type: 'full' })
const twice = near.joinWithin(named, { before: '0s', after: '0s' })

const sums = byKey.window(tumbling('5s')).sum(e => e.n)
const counts = other.window(tumbling('5s')).aggregate({ n: count() })
const both = sums.joinTables(
  counts.filter(v => v.n > 1),
  { type: 'full' },
)
const totals = byKey.count().joinTables(other.aggregate({ total: sum(e => e.n) }), { type: 'left' })

export default job('joins', {
  named: named.to('named'),
  sized: sized.map(v => v.right?.size ?? 'none').to('sized'),
  near: near.map(v => [v.left?.n ?? null, v.right?.right?.label ?? null]).to('near', { partitions: 2 }),
  twice: twice.map(v => v.right).to('twice'),
  both,
  closed: both
    .closed()
    .mapValues(v => v.left ?? v.right?.n ?? null)
    .to('closed'),
  even: totals.filter(v => v.left % 2 === 0),
  changes: both.keep('10s').changes().to('changes', { partitions: 3 }),
  news: totals
    .mapValues(v => v.left)
    .changes()
    .to('news'),
})
