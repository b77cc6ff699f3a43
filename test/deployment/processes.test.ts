// A deployment as a process that dies anywhere between history and live, and one that is told to stop.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { COMMIT_STEPS } from '../../run/commit-steps.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, recordsOf } from '../run/support/logs.ts'
import { functions, functionsProgram, input } from '../run/support/traffic.ts'
import { program, says, start } from '../support/child.ts'

const LIMIT_MS = 120_000
/** A supervisor's patience. */
const STOP_LIMIT_MS = 10_000

const half = input.map(p => ({ ...p, records: p.records.slice(0, Math.floor(p.records.length / 2)) }))
const rest = input.map(p => ({ ...p, records: p.records.slice(Math.floor(p.records.length / 2)) }))

/** Kills itself at a phase, or at the nth step of a name; says which phase it is in, and what it has committed live. */
const deployment = program(`
  import { runDeployment } from './deployment/index.ts'
  const functions = await import('${pathToFileURL(functionsProgram()).href}')
  const [log, state, until, point = ''] = process.argv.slice(2)
  const [name, nth = '1'] = point.split(' ')
  let seen = 0
  const at = here => {
    if (here === name && ++seen === Number(nth)) process.kill(process.pid, 'SIGKILL')
  }
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  await runDeployment({
    functions,
    log,
    state,
    until: until === 'end' ? until : undefined,
    commitIntervalMs: 5,
    signal: stop.signal,
    steps: at,
    onPhase: phase => {
      console.log(phase)
      at(phase)
    },
    onProgress: ({ records }) => console.log('committed ' + records),
  })
`)

async function appendRest(log: string): Promise<void> {
  for (const topic of new Set(rest.map(p => p.topic))) {
    const writer = await OutputTopic.openForAppend(log, topic, null)
    for (const part of rest) if (part.topic === topic) await writer.append(part.partition, recordsOf(part))
    await writer.close()
  }
}

/** Of a state that has read everything: a batch over it finds nothing left. */
async function resultOf(log: string, state: string) {
  const { views, outputs, late, dead, cut } = await runBatch({ functions, log, state })
  return { views, outputs, late, dead, cut }
}

async function expectWhole(log: string, state: string): Promise<void> {
  const ended = await start(deployment, [log, state, 'end']).ended
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(await resultOf(log, state)).toEqual(await resultOf(log, join(testFolder(), 'state')))
}

const POINTS = ['history', ...COMMIT_STEPS, 'live', ...COMMIT_STEPS.map(step => `${step} 2`)]

it.each(POINTS)('killed at %s, it goes on as if nothing had been', { timeout: LIMIT_MS }, async point => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, half)
  const killed = start(deployment, [log, state, '', point])
  await says(killed, line => line === 'live')
  await appendRest(log)
  expect((await killed.ended).signal, killed.said()).toBe('SIGKILL')
  await expectWhole(log, state)
})

it.each(['history', 'live'])(
  'told to stop in %s, it ends in time and loses nothing',
  { timeout: LIMIT_MS },
  async phase => {
    const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
    await embeddedLog(log, half)
    const told = start(deployment, [log, state, ''])
    await says(told, line => line === phase)
    if (phase === 'live') await appendRest(log)
    const begun = performance.now()
    told.kill('SIGTERM')
    expect(await told.ended).toMatchObject({ code: 0, stderr: '' })
    expect(performance.now() - begun).toBeLessThan(STOP_LIMIT_MS)
    if (phase === 'history') await appendRest(log)
    await expectWhole(log, state)
  },
)
