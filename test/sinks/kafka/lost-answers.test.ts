// Answers of brokers that never come, or come when nobody waits for them any more: of writes, of the ends of
// transactions, of what begins them. Nobody knows then whether the call was done.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { noKafka, TestCluster } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { API, KafkaProxy } from './proxy.ts'
import { append, committed, countingJob, lowerFeature, newLog, numbersOf, withCluster } from './support.ts'

const LIMIT_MS = 90_000
const COMMITS = 12
const RECORDS = 10 * COMMITS

describe.skipIf(noKafka).each([2, 1])('answers that are lost, transactions of version %i', version => {
  let cluster: TestCluster
  let proxy: KafkaProxy
  let out: string
  let topics = 0

  beforeAll(async () => {
    proxy = await KafkaProxy.start()
    const advertised = `PLAINTEXT://127.0.0.1:${proxy.port}`
    cluster = await TestCluster.start({ properties: { 'advertised.listeners': advertised } })
    proxy.target = Number(cluster.broker.address.split(':')[1])
    out = `kafka://127.0.0.1:${proxy.port}`
    if (version === 1) await withCluster(out, brokers => lowerFeature(brokers, 'transaction.version', version))
  }, LIMIT_MS)
  afterAll(async () => {
    await proxy?.end()
    await cluster?.end()
  })

  it.each(
    (['lost', 'late'] as const).flatMap(fault =>
      (Object.keys(API) as (keyof typeof API)[]).flatMap(api =>
        [1, 2, 5].filter(nth => api !== 'initProducerId' || nth === 1).map(nth => ({ fault, api, nth })),
      ),
    ),
  )('$fault: $api, number $nth', { timeout: LIMIT_MS }, async ({ fault, api, nth }) => {
    const events = `v${version}-${++topics}`
    const job = { functions: countingJob(events), log: newLog(), state: join(testFolder(), 'state'), out }
    append(job.log, 0, RECORDS)
    const before = proxy.faults
    if (api === 'initProducerId') proxy.fail(API[api], nth, fault)
    const stream = await StreamRun.open({ ...job, until: 'end' })
    if (api !== 'initProducerId') proxy.fail(API[api], nth, fault)
    const name = stream.partitions[0] as string
    for (let n = 10; n <= RECORDS; n += 10) {
      await stream.advance(name, BigInt(n))
      await stream.commit()
      await stream.run.drain()
    }
    await stream.close()
    // With transactions of version 2 the brokers enter partitions among themselves, not always through the proxy.
    if (api !== 'addPartitions' || version === 1) expect(proxy.faults - before).toBe(1)
    expect(numbersOf(await committed(out, events))).toEqual(Array.from({ length: RECORDS - 1 }, (_, n) => n))
  })
})
