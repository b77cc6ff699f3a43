// What a log must be able to do before a run reads it: keys, timestamps, topics that are not compacted.

import { expect, test } from 'vitest'
import { checkAbilities } from '../../../run/reading/bind-log.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k

test('a table may read a compacted topic, and needs keys where it takes them from the log', async () => {
  const log = (abilities: { timestamps: boolean }, compacted: boolean) =>
    ({ description: 'a log', abilities: async () => abilities, compacted: async () => compacted }) as never
  const plan = (source: object): never => {
    const builder = new PlanBuilder()
    builder.source('t', source)
    return builder.program().plan as never
  }
  await checkAbilities(log({ timestamps: true }, true), plan({ upserts: true }))
  await expect(checkAbilities(log({ timestamps: true }, true), plan({}))).rejects.toThrow('is compacted')
  await checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, time, key }))
  await expect(checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, time }))).rejects.toThrow(
    'carry no key',
  )
  await expect(checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, key }))).rejects.toThrow(
    'carry no timestamp',
  )
})
