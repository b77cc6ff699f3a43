// A range that is computed again: twice by batch, by two states, and behind where a state is.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runDeployment } from '../../deployment/index.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog } from '../run/support/logs.ts'
import { functions, input } from '../run/support/traffic.ts'

const partOf = ({ views, outputs, late, dead, cut }: Awaited<ReturnType<typeof runBatch>>) => ({
  views,
  outputs,
  late,
  dead,
  cut,
})

it('the same range twice changes nothing, and a second state has the same', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, input)
  const first = await runBatch({ functions, log, state, until: 'end' })
  const { cut } = first
  expect(first.records).toBeGreaterThan(10)
  const until = new Map(Object.entries(cut).map(([name, offset]) => [name, BigInt(offset)]))
  for (const again of [
    await runBatch({ functions, log, state, until }),
    await runDeployment({ functions, log, state, until }),
  ]) {
    expect(again?.records).toBe(0)
    expect(again === null ? null : partOf(again)).toEqual(partOf(first))
  }
  const other = await runBatch({ functions, log, state: join(testFolder(), 'state'), until })
  expect(partOf(other)).toEqual(partOf(first))
})

it('a range before the state is refused, and the state stays', async () => {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, input)
  const first = await runBatch({ functions, log, state, until: 'end' })
  const earlier = new Map(Object.entries(first.cut).map(([name, offset]) => [name, BigInt(offset) / 2n]))
  await expect(runBatch({ functions, log, state, until: earlier })).rejects.toMatchObject({ code: 'state-past-until' })
  expect(partOf(await runBatch({ functions, log, state, until: 'end' }))).toEqual(partOf(first))
})
