// Ends a transaction of an earlier session whose markers were never written (logs/kafka/producer/lost-markers.ts).
//
// Promises: the outcome is that which the coordinator tells, noted in the journal before the transactional id is taken:
// taking it makes the coordinator forget. One that nobody knows is `broker-error`, never guessed.

import { LyrebirdError } from '../../core/errors.ts'
import { Passing } from '../../logs/kafka/failures.ts'
import { endedTransaction, openPlaces, type Place } from '../../logs/kafka/producer/lost-markers.ts'
import { TransactionalProducer } from '../../logs/kafka/producer/transactional-producer.ts'
import { TRANSACTION_MS } from '../limits.ts'
import { controlPlace } from './control-topic.ts'
import type { OwnedTopic } from './owned-topic.ts'

/** Returns where nothing is left open. Throws `Passing` where something was, and the next look will tell. */
export async function endLeftOpen(topic: OwnedTopic, transactionalId: string): Promise<void> {
  const { cluster, journal, checkOwner } = topic
  const ended = await endedTransaction(cluster, transactionalId)
  if (ended === null) return
  const open = await openPlaces(cluster, ended.producer, await placesOf(topic))
  if (open.length === 0) return journal.forgetOutcome(topic.topic)
  const outcome = ended.outcome ?? journal.outcome(topic.topic, ended.producer)
  if (outcome === null) throw unknown(open, transactionalId)
  checkOwner()
  journal.noteOutcome(topic.topic, ended.producer, outcome)
  const producer = await TransactionalProducer.begin({ cluster, transactionalId, timeoutMs: TRANSACTION_MS })
  await producer.endLeftOpen(open, outcome)
  throw new Passing(`the markers of a transaction of ${transactionalId} were lost and are written now (${outcome})`)
}

async function placesOf({ topic, partitions, cluster }: OwnedTopic): Promise<readonly Place[]> {
  const own = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))
  return [...own, await controlPlace(cluster, topic)]
}

function unknown([first, ...others]: readonly Place[], transactionalId: string): LyrebirdError {
  const { topic, partition } = first as Place
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return new LyrebirdError(
    'broker-error',
    `a transaction of ${transactionalId} is open in ${topic}/${partition}${more}, and neither its coordinator nor this state knows how it ended`,
    {
      where: { topic, partition },
      hint: 'was the state restored from a copy, and did a broker die at that time? Compute the state anew, with outputs in other topics',
    },
  )
}
