// Raw lines, and rows of CSV, with the log's timestamps as event times.

import { collectSet, count, csv, job, lines, source, tumbling } from 'lyrebird'

const raw = source('lines', { format: lines() })
const rows = source('rows', {
  format: csv<{ name: string; n: number; id?: bigint; on: boolean | null }>({ columns: ['name', 'n', 'id', 'on'] }),
})

const text = raw.keyBy(line => line).count()
const pieces = raw
  .flatMap(line => line.split(','))
  .keyBy((_, r) => r.key)
  .window(tumbling('1s'))
  .aggregate({ all: collectSet(p => p) })
const names = rows
  .keyBy(r => r.name)
  .aggregate({
    rows: count(),
    numbers: collectSet(r => r.n),
    ids: collectSet(r => r.id ?? 0n),
    states: collectSet(r => r.on),
  })

export default job('texts', { text, pieces, names })
