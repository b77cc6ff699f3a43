// Every probe to a topic as soon as the watermark has passed it: how long a record is on its way.

import { job, source } from 'lyrebird'

interface Probe {
  at: number
  sent: number
}

const probes = source<Probe>('probes', { time: p => p.at })

export default job('relay', { relayed: probes.to('relayed', { partitions: 4 }) })
