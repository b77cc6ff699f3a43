// How much of a state's outputs has arrived in a cluster, by what its control topic says.
//
// Promises: reads only; what committed transactions have written at the moment of asking, or less.

import { connect } from '../../logs/kafka/connect.ts'
import type { Patience } from '../../logs/patience.ts'
import type { ControlRecord } from './control-record.ts'
import { CONTROL_TOPIC, claimsOf } from './control-topic.ts'

interface Asked {
  /** Id of the state. */
  readonly state: string
  readonly topics: readonly string[]
  readonly patience: Patience
}

/** Records by topic; without the topics that the state has not claimed. Throws `broker-unreachable` and the like. */
export async function arrivedRecords(place: string, asked: Asked): Promise<ReadonlyMap<string, number>> {
  const claims = await ownClaims(place, asked)
  return new Map([...claims].map(([topic, { records }]) => [topic, Number(records.reduce((a, b) => a + b, 0n))]))
}

/** What the control topic says of the topics that the state has claimed. Throws the same. */
export async function ownClaims(place: string, asked: Asked): Promise<ReadonlyMap<string, ControlRecord>> {
  const { state, topics, patience } = asked
  const cluster = await connect(place, { patience })
  try {
    const own = new Map<string, ControlRecord>()
    if (!(await cluster.has(CONTROL_TOPIC))) return own
    await cluster.topic(CONTROL_TOPIC)
    for (const topic of topics) {
      if (!(await cluster.has(topic))) continue
      const { id: topicId } = await cluster.topic(topic)
      const claims = await cluster.persist(`what there is of ${topic}`, () =>
        claimsOf(cluster, { topic, topicId }, -1n),
      )
      const claim = claims.find(claim => claim.state === state)
      if (claim !== undefined) own.set(topic, claim)
    }
    return own
  } finally {
    await cluster.close()
  }
}
