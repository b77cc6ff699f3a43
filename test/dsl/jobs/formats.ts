// Lines, CSV and bytes; the log's own fields of a record; two sources of one topic; ahead.

import { bytes, csv, job, lines, source, tumbling } from 'lyrebird'
import { type Event, events } from './event.ts'

const text = source('a', { format: lines(), time: (line, r) => line.length * 1000 + r.timestamp })
const rows = source('c', { format: csv<{ x: string; y?: number }>({ columns: ['x', 'y'] }), disorder: '1h' })
const blobs = source('a', { format: bytes(), disorder: '1h' })
const strict = source<Event>('a', { time: e => e.t, disorder: '1m', ahead: '5s' })

export default job('formats', {
  words: text
    .flatMap(line => line.split('"'))
    .keyBy(word => word)
    .count(),
  rows: rows.keyBy(r => r.x).sum(r => r.y ?? 0.1),
  sizes: blobs
    .keyBy(b => b.length % 5)
    .window(tumbling('10s'))
    .sum(b => b.length),
  strict: strict.keyBy(e => e.k).count(),
  both: events
    .merge(strict)
    .keyBy(e => e.k)
    .window(tumbling('10s'))
    .count(),
  keys: events.keyBy((_, r) => r.key).count(),
  records: events
    .map((e, r) => ({ at: r.timestamp - e.t, headers: r.headers.map(h => h.key), bytes: r.keyBytes, o: r.offset }))
    .to('records'),
})
