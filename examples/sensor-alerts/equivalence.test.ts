// Batch, stream and reference agree on both stages and on the alerts that are written.

import { fileURLToPath } from 'node:url'
import { testJob } from 'lyrebird/testing'
import { expect, test } from 'vitest'
import type job from './job.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const sensorAlerts = here('job.ts')

test('the log of the example', async () => {
  const t = await testJob<typeof job>(sensorAlerts, { log: here('log') })
  const worst = t.view('worstHours').map(r => `${r.window.start.slice(0, 10)} ${r.value.worst[0]?.machine}`)
  expect(worst).toEqual([
    '2026-03-01 belém/dryer',
    '2026-03-01 busan/mixer',
    '2026-03-01 oslo/press-2',
    '2026-03-02 belém/dryer',
    '2026-03-02 busan/kiln',
    '2026-03-02 oslo/press-2',
  ])
  // The kiln runs away in the second evening; its last hour is still open.
  const kiln = t.output('alerts').filter(a => a.key === 'busan/kiln')
  expect(kiln.map(a => a.time)).toEqual(['2026-03-02T21:59:59.999Z', '2026-03-02T22:59:59.999Z'])
  expect([t.late().length, t.deadLetters().length]).toEqual([4, 3])
  await t.toAgree({ interleavings: 5, restarts: 3 })
})

const reading = (time: string, celsius: number, machine = 'oslo/press-1'): object => ({
  machine,
  at: `2026-03-01T${time}Z`,
  celsius,
})

test('an hour is emitted once it is closed, and its alert is written then', async () => {
  const t = await testJob<typeof job>(sensorAlerts)
  t.send('readings', reading('08:10:00', 95)).send('readings', reading('08:50:00', 70))
  expect(t.output('alerts')).toEqual([])
  t.send('readings', reading('09:02:01', 60))
  expect(t.output('alerts').map(a => [a.time, a.key, a.value])).toEqual([
    ['2026-03-01T08:59:59.999Z', 'oslo/press-1', { hottest: 95, machine: 'oslo/press-1', mean: 82.5, readings: 2 }],
  ])
  await t.toAgree()
})

test('the worst hours of a day over all machines of a plant', async () => {
  const t = await testJob<typeof job>(sensorAlerts)
  for (const [hour, celsius] of [60, 91, 75, 91, 80].entries()) {
    t.send('readings', reading(`0${hour}:30:00`, celsius), { partition: 0 })
    t.send('readings', reading(`0${hour}:30:00`, celsius - 5, 'oslo/press-2'), { partition: 1 })
  }
  t.tick('readings', '2026-03-01T06:00:00Z')
  const [day] = t.view('worstHours')
  expect([day?.key, day?.window.closed]).toEqual(['oslo', false])
  expect(day?.value.worst.map(w => `${w.hour} ${w.machine} ${w.hottest}`)).toEqual([
    '2026-03-01T01 oslo/press-1 91',
    '2026-03-01T03 oslo/press-1 91',
    '2026-03-01T01 oslo/press-2 86',
  ])
  await t.toAgree()
})
