// How much of a state's outputs has arrived in a cluster, by what its control topic says.
//
// Promises: reads only; what committed transactions have written at the moment of asking, or less.

import { connect } from '../../logs/kafka/connect.ts'
import type { Patience } from '../../logs/patience.ts'
import { CONTROL_TOPIC, claimsOf } from './control-topic.ts'

interface Asked {
  /** Id of the state. */
  readonly state: string
  readonly topics: readonly string[]
  readonly patience: Patience
}

/** Records by topic; without the topics that the state has not claimed. Throws `broker-unreachable` and the like. */
export async function arrivedRecords(place: string, asked: Asked): Promise<ReadonlyMap<string, number>> {
  const { state, topics, patience } = asked
  const cluster = await connect(place, { patience })
  try {
    const arrived = new Map<string, number>()
    if (!(await cluster.has(CONTROL_TOPIC))) return arrived
    await cluster.topic(CONTROL_TOPIC)
    for (const topic of topics) {
      if (!(await cluster.has(topic))) continue
      const { id: topicId } = await cluster.topic(topic)
      const claims = await cluster.persist(`what there is of ${topic}`, () =>
        claimsOf(cluster, { topic, topicId }, -1n),
      )
      const own = claims.find(claim => claim.state === state)
      if (own !== undefined) arrived.set(topic, Number(own.records.reduce((a, b) => a + b, 0n)))
    }
    return arrived
  } finally {
    await cluster.close()
  }
}
