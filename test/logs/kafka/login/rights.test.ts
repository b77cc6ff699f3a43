// A job that reads from Kafka and writes to it, by a user who has every right that docs/kafka.md lists but one: the
// failure names the right, what it is needed on, and the command that gives it.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type AclEntry } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../../../core/errors.ts'
import { openKafkaLog } from '../../../../logs/kafka/index.ts'
import { writeTicks } from '../../../../logs/ticks.ts'
import type { Notice } from '../../../../run/notices/notice.ts'
import { runStream, StreamRun } from '../../../../runtime-stream/index.ts'
import { CONTROL_TOPIC } from '../../../../sinks/kafka/control-topic.ts'
import { openKafkaSink } from '../../../../sinks/kafka/kafka-sink.ts'
import type { OpenSink } from '../../../../sinks/sink.ts'
import { testFolder } from '../../../run/support/folder.ts'
import { append, countingJob, lowerFeature, newLog, runToEnd, withCluster } from '../../../sinks/kafka/support.ts'
import { noKafka, QUICK, TestCluster } from '../support/cluster.ts'

const LIMIT_MS = 120_000
const IN = 'in'
const CREATE_CONTROL = 'may not make the control topic'
const WITH_ALL = 'has them all'
const LOSES_ONE = 'loses one in the middle of a run'
const TICKS = 'may not write ticks, runs all the same'
const OLD_EVENTS = 'in a transaction of version 1'
const OLD_CONTROL = 'in a transaction of version 1, for the control topic'

type Operation = 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs'

interface Row {
  readonly operation: Operation
  /** Transactional ids, or a topic. */
  readonly on: 'ids' | 'in' | 'events' | 'changes' | 'control'
  /** What was asked for, in the message. */
  readonly what?: RegExp
  readonly name?: string
}

const ROWS: readonly Row[] = [
  { operation: 'Describe', on: 'in' },
  { operation: 'DescribeConfigs', on: 'in' },
  { operation: 'Read', on: 'in' },
  { operation: 'Create', on: 'events' },
  { operation: 'Create', on: 'changes' },
  { operation: 'Describe', on: 'events' },
  { operation: 'DescribeConfigs', on: 'events' },
  { operation: 'Write', on: 'events', what: /writing to / },
  { operation: 'Read', on: 'events', what: /a fetch of/ },
  { operation: 'Read', on: 'events', what: /the producers of/, name: 'while another has a transaction open there' },
  { operation: 'Describe', on: 'control' },
  { operation: 'DescribeConfigs', on: 'control' },
  { operation: 'Write', on: 'control' },
  { operation: 'Read', on: 'control' },
  { operation: 'Write', on: 'ids' },
  { operation: 'Describe', on: 'ids' },
]
const nameOf = ({ operation, on, name }: Row): string =>
  `lacks ${operation} on ${on}${name === undefined ? '' : ` ${name}`}`

/** Users by the name of their test. */
const USERS = new Map(
  [CREATE_CONTROL, WITH_ALL, TICKS, LOSES_ONE, OLD_EVENTS, OLD_CONTROL, ...ROWS.map(nameOf)].map((test, i) => [
    test,
    `u${i}`,
  ]),
)

const { TOPIC, TRANSACTIONAL_ID } = kafkajs.AclResourceTypes
const { LITERAL, PREFIXED } = kafkajs.ResourcePatternTypes
const { ALLOW, DENY } = kafkajs.AclPermissionTypes
const OPERATIONS = {
  Read: kafkajs.AclOperationTypes.READ,
  Write: kafkajs.AclOperationTypes.WRITE,
  Create: kafkajs.AclOperationTypes.CREATE,
  Describe: kafkajs.AclOperationTypes.DESCRIBE,
  DescribeConfigs: kafkajs.AclOperationTypes.DESCRIBE_CONFIGS,
}

const rule = (user: string, operation: Operation, on: Partial<AclEntry>): AclEntry => ({
  principal: `User:${user}`,
  host: '*',
  operation: OPERATIONS[operation],
  permissionType: ALLOW,
  resourceType: TOPIC,
  resourceName: '',
  resourcePatternType: LITERAL,
  ...on,
})

const IDS = { resourceType: TRANSACTIONAL_ID, resourceName: 'lyrebird-', resourcePatternType: PREFIXED }
const topicOf = (user: string, on: Row['on']): string =>
  on === 'in' ? IN : on === 'control' ? CONTROL_TOPIC : `${on}-${user}`

/** All that docs/kafka.md lists. */
function documented(user: string): AclEntry[] {
  const topics = (names: readonly Row['on'][], operations: readonly Operation[]): AclEntry[] =>
    names.flatMap(on => operations.map(operation => rule(user, operation, { resourceName: topicOf(user, on) })))
  return [
    ...topics(['in'], ['Read', 'Describe', 'DescribeConfigs']),
    ...topics(['events', 'changes', 'control'], ['Read', 'Write', 'Describe', 'DescribeConfigs', 'Create']),
    rule(user, 'Write', IDS),
    rule(user, 'Describe', IDS),
  ]
}

const denied = (user: string, { operation, on }: Row): AclEntry =>
  rule(user, operation, { ...(on === 'ids' ? IDS : { resourceName: topicOf(user, on) }), permissionType: DENY })

describe.skipIf(noKafka)('a user who', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let place: string

  beforeAll(async () => {
    const users = [...USERS.values()].map(user => `user_${user}="${user}-pw"`).join(' ')
    const properties = {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
      'listener.name.sasl.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
    }
    cluster = await TestCluster.start({ sasl: true, properties })
    place = `kafka://${cluster.broker.saslAddress}`
    await cluster.topic({ name: IN })
    await more(0)
    const acl = [
      ...[...USERS.values()].flatMap(documented),
      ...ROWS.map(row => denied(USERS.get(nameOf(row)) as string, row)),
      denied(USERS.get(CREATE_CONTROL) as string, { operation: 'Create', on: 'control' }),
      denied(USERS.get(OLD_EVENTS) as string, { operation: 'Write', on: 'events' }),
      denied(USERS.get(OLD_CONTROL) as string, { operation: 'Write', on: 'control' }),
    ]
    await cluster.admin.createAcls({ acl })
    // The broker learns of them from the controller.
    for (const limit = Date.now() + 30_000; (await aclCount()) < acl.length && Date.now() < limit; ) await sleep(100)
    expect(await aclCount()).toBe(acl.length)
  }, LIMIT_MS)
  afterAll(async () => {
    await cluster?.end()
  })

  async function aclCount(): Promise<number> {
    const { ANY } = kafkajs.AclPermissionTypes
    const { resources } = await cluster.admin.describeAcls({
      resourceType: kafkajs.AclResourceTypes.ANY,
      resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
      operation: kafkajs.AclOperationTypes.ANY,
      permissionType: ANY,
    })
    return resources.reduce((sum, { acls }) => sum + acls.length, 0)
  }

  /** Ten more events. */
  const more = (from: number): Promise<void> =>
    cluster.send(
      IN,
      Array.from({ length: 10 }, (_, i) => JSON.stringify({ k: `k${i % 3}`, n: from + i })),
    )

  const environmentOf = (user: string) => ({
    LYREBIRD_KAFKA_SASL: 'plain',
    LYREBIRD_KAFKA_USER: user,
    LYREBIRD_KAFKA_PASSWORD: `${user}-pw`,
  })

  /** With the login of a user in the environment of this process. */
  async function asUser(user: string, act: () => Promise<void>): Promise<void> {
    const environment = environmentOf(user)
    const before = { ...process.env }
    Object.assign(process.env, environment)
    try {
      await act()
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name]
      Object.assign(process.env, before)
    }
  }

  /** Runs the job to the end, twice: some rights are needed where topics are there already. */
  async function runs(user: string, between: () => Promise<unknown> = async () => {}): Promise<void> {
    const kafka = { environment: environmentOf(user), limits: { ...QUICK, answerMs: 5_000, outageMs: 15_000 } }
    const job = { functions: countingJob(`events-${user}`, `changes-${user}`), state: join(testFolder(), 'state') }
    for (const run of [1, 2]) {
      const log = await openKafkaLog(place, kafka)
      try {
        await runToEnd({ ...job, log, out: options => openKafkaSink(place, options, kafka) })
      } finally {
        await log.close()
      }
      if (run === 1) await between()
    }
  }

  async function refusal(running: Promise<unknown>, user: string): Promise<LyrebirdError> {
    const failure = await running.then(
      () => new Error('nothing was refused'),
      (e: unknown) => e,
    )
    if (!isLyrebirdError(failure)) throw failure
    expect(failure.code, failure.message).toBe('broker-auth')
    expect(`${failure.message} ${failure.hint}`).not.toContain(`${user}-pw`)
    return failure
  }

  function named({ message, hint, where }: LyrebirdError, user: string, { operation, on, what }: Row): void {
    const topic = topicOf(user, on)
    const [thing, option] =
      on === 'ids'
        ? ['the transactional id lyrebird-', '--transactional-id lyrebird- --resource-pattern-type prefixed']
        : [`topic ${topic}`, `--topic ${topic}`]
    expect(message).toContain(`this user lacks the right ${operation} on ${thing}`)
    expect(hint).toBe(`kafka-acls --add --allow-principal User:NAME --operation ${operation} ${option}`)
    expect(where).toMatchObject({ right: operation, ...(on === 'ids' ? {} : { topic }) })
    if (what !== undefined) expect(message).toMatch(what)
  }

  const userOf = (test: string): string => USERS.get(test) as string

  test(CREATE_CONTROL, async () => {
    const user = userOf(CREATE_CONTROL)
    const failure = await refusal(runs(user), user)
    named(failure, user, { operation: 'Create', on: 'control', what: /is not there and cannot be made/ })
  })

  test(WITH_ALL, async () => {
    const user = userOf(WITH_ALL)
    await runs(user, () => more(10))
    await asUser(user, async () => {
      const tick = { topic: IN, partition: 0, time: 1, isNow: false }
      named(await refusal(writeTicks(place, [tick]), user), user, { operation: 'Write', on: 'in', what: /a tick for/ })
    })
  })

  test(TICKS, async () => {
    const user = userOf(TICKS)
    const stop = new AbortController()
    const said: Notice[] = []
    await asUser(user, async () => {
      const options = { functions: countingJob(`events-${user}`), state: join(testFolder(), 'state'), log: place }
      let records = 0
      const done = runStream({
        ...options,
        out: place,
        ticksMs: 200,
        commitIntervalMs: 20,
        signal: stop.signal,
        onNotice: notice => said.push(notice),
        onProgress: progress => {
          records = progress.records
        },
      })
      await expect.poll(() => said.length, { timeout: 30_000 }).toBe(1)
      const before = records
      await more(100)
      await expect.poll(() => records, { timeout: 30_000 }).toBe(before + 10)
      // Tried again in vain, without a word.
      await sleep(1_500)
      stop.abort()
      expect((await done).records).toBe(before + 10)
    })
    expect(said).toMatchObject([{ event: 'no-ticks', fields: { topic: IN, code: 'broker-auth' } }])
    expect(said[0]?.text).toContain(`lacks the right Write on topic ${IN}`)
    expect(said[0]?.text).not.toContain(`${user}-pw`)
  })

  test.each(ROWS.map(row => [nameOf(row), row] as const))('%s', async (name, row) => {
    const user = userOf(name)
    const isHeld = row.what?.test('the producers of') === true
    const producer = isHeld ? await cluster.transactional(`other-${user}`) : null
    const hold = async (): Promise<void> => {
      const transaction = await producer?.transaction()
      await transaction?.send({ topic: `events-${user}`, messages: [{ value: 'open', partition: 0 }] })
    }
    named(await refusal(runs(user, hold), user), user, row)
  })

  test(LOSES_ONE, async () => {
    const user = userOf(LOSES_ONE)
    const lost: Row = { operation: 'Write', on: 'events' }
    const kafka = { environment: environmentOf(user), limits: { ...QUICK, answerMs: 5_000 } }
    const log = newLog()
    append(log, 0, 10)
    const functions = countingJob(`events-${user}`, null)
    const out: OpenSink = options => openKafkaSink(place, options, kafka)
    const stream = await StreamRun.open({ functions, state: join(testFolder(), 'state'), log, out })
    const commit = async (end: number): Promise<void> => {
      await stream.run.refresh(false)
      await stream.advance(stream.partitions[0] as string, BigInt(end))
      await stream.commit()
      await stream.run.drain()
    }
    try {
      await commit(10)
      const before = await aclCount()
      await cluster.admin.createAcls({ acl: [denied(user, lost)] })
      while ((await aclCount()) === before) await sleep(50)
      append(log, 10, 20)
      named(await refusal(commit(20), user), user, lost)
    } finally {
      await stream.close().catch(() => {})
    }
  })

  test.each([
    [OLD_EVENTS, 'events'],
    [OLD_CONTROL, 'control'],
  ] as const)('lacks Write %s', async (name, on) => {
    await withCluster(`kafka://${cluster.broker.address}`, connected =>
      lowerFeature(connected, 'transaction.version', 1),
    )
    const user = userOf(name)
    named(await refusal(runs(user), user), user, { operation: 'Write', on, what: /a transaction that begins/ })
  })
})
