// Traffic of a web server from its access log: raw lines, out of order by up to a minute.

import { collectSet, count, countDistinct, hopping, job, lines, max, source, sum, topK, tumbling } from 'lyrebird'

interface Hit {
  address: string
  time: number
  path: string
  status: number
  bytes: number
}

const LINE =
  /^(\S+) \S+ \S+ \[(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] "(\S+) ([^"]*?)(?: HTTP\/[\d.]+)?" (\d{3}) (\d+|-)/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function timeOf(line: string): number {
  const m = LINE.exec(line)
  if (m === null) throw new Error('no access log line')
  const month = String(MONTHS.indexOf(m[3] as string) + 1).padStart(2, '0')
  const zone = `${(m[6] as string).slice(0, 3)}:${(m[6] as string).slice(3)}`
  return Date.parse(`${m[4]}-${month}-${m[2]}T${m[5]}${zone}`)
}

function hitOf(line: string, time: number): Hit {
  const m = LINE.exec(line)
  if (m === null) throw new Error('no access log line')
  const bytes = m[10] === '-' ? 0 : Number(m[10])
  return { address: m[1] as string, time, path: m[8] as string, status: Number(m[9]), bytes }
}

const hits = source('access', { format: lines(), time: line => timeOf(line), disorder: '50s' }).map((line, r) =>
  hitOf(line, r.time),
)

const traffic = hits
  .keyBy(h => h.status)
  .window(tumbling('1h'))
  .aggregate({ hits: count(), bytes: sum(h => h.bytes), visitors: countDistinct(h => h.address) })

const pages = hits
  .filter(h => h.status === 200 && !h.path.endsWith('.png'))
  .keyBy(h => h.path)
  .window(hopping('6h', '1h'))
  .aggregate({ hits: count(), heaviest: max(h => h.bytes) })
  .filter(v => v.hits > 2)

const visitors = hits
  .keyBy(h => h.address)
  .aggregate({
    statuses: collectSet(h => h.status),
    longest: topK(
      3,
      h => h.path.length,
      h => h.path,
    ),
  })

const errors = hits.filter(h => h.status >= 500).to('errors', { key: h => h.address, partitions: 2 })

export default job('web-access', { traffic, pages, visitors, errors })
