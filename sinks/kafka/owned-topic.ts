// A topic that a state writes, with what belongs to the hold on it.

import type { Cluster } from '../../logs/kafka/cluster.ts'
import type { SinkOptions, SinkTopic } from '../sink.ts'
import type { Journal } from './journal.ts'

export interface OwnedTopic extends SinkTopic, Pick<SinkOptions, 'owner' | 'checkOwner' | 'clock'> {
  readonly cluster: Cluster
  readonly journal: Journal
}
