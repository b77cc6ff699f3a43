// Two stages: hourly statistics of each machine, then the three worst hours of each day in each plant; and an output of alerts.

import { count, job, max, mean, source, topK, tumbling } from 'lyrebird'

interface Reading {
  /** `plant/machine`. */
  machine: string
  at: string
  celsius: number
  /** Only some machines have the probe. */
  vibration?: number
}

const readings = source<Reading>('readings', { time: r => Date.parse(r.at), disorder: '2m' })

const hourly = readings
  .keyBy(r => r.machine)
  .window(tumbling('1h'))
  .aggregate({ readings: count(), mean: mean(r => r.celsius), hottest: max(r => r.celsius) })

const closedHours = hourly.closed()

const worstHours = closedHours
  .keyBy((_, hour) => hour.key.slice(0, hour.key.indexOf('/')))
  .window(tumbling('1d'))
  .aggregate({
    worst: topK(
      3,
      h => h.hottest,
      (h, hour) => ({ machine: hour.key, hour: new Date(hour.time).toISOString().slice(0, 13), celsius: h.hottest }),
    ),
  })

const alerts = closedHours.filter(h => h.hottest >= 90).to('alerts')

export default job('sensor-alerts', { hourly, worstHours, alerts })
