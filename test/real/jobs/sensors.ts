// Sensor series: hourly statistics per series, then the worst hours of each day.

import { count, csv, job, max, mean, min, source, sum, topK, tumbling } from 'lyrebird'

interface Reading {
  series: string
  timestamp: string
  value: number
}

const readings = source('readings', {
  format: csv<Reading>({ columns: ['series', 'timestamp', 'value'] }),
  time: r => Date.parse(`${r.timestamp.replace(' ', 'T')}Z`),
  disorder: '2h',
})

const hourly = readings
  .keyBy(r => r.series)
  .window(tumbling('1h'))
  .aggregate({
    n: count(),
    mean: mean(r => r.value),
    min: min(r => r.value),
    max: max(r => r.value),
    total: sum(r => r.value),
  })

const worst = hourly
  .filter(v => v.n > 1)
  .closed()
  .map((v, r) => ({ series: r.key, spread: v.max - v.min, hour: r.time }))
  .keyBy(v => v.series)
  .window(tumbling('1d'))
  .aggregate({
    hours: topK(
      3,
      v => v.spread,
      v => v.hour,
    ),
  })

export default job('sensors', { hourly, worst })
