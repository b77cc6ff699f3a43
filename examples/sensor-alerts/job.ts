// Two stages: hourly statistics of each machine, then the three worst hours of each day in each plant; and an output of
// alerts.

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

// Past a keyBy an hour would no longer know whose it is, so its value says it.
const closedHours = hourly.mapValues((hour, row) => ({ ...hour, machine: row.key })).closed()

const worstHours = closedHours
  .keyBy(hour => hour.machine.slice(0, hour.machine.indexOf('/')))
  .window(tumbling('1d'))
  .aggregate({
    worst: topK(
      3,
      hour => hour.hottest,
      ({ machine, hottest }, { time }) => ({ machine, hottest, hour: new Date(time).toISOString().slice(0, 13) }),
    ),
  })

const alerts = closedHours.filter(hour => hour.hottest >= 87).to('alerts')

export default job('sensor-alerts', { hourly, worstHours, alerts })
