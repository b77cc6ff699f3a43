// Connects to a cluster by its address, the environment and how long it may be away.

import { orClose } from '../../core/close-all.ts'
import type { Patience } from '../patience.ts'
import { Cluster } from './cluster.ts'
import type { KafkaLimits } from './limits.ts'
import { kafkaSettings } from './settings.ts'

export interface KafkaOptions {
  /** Default: that of the process. Names of the variables: `VARIABLES` of settings.ts. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<KafkaLimits>
  /** Its times win over those of `limits`. */
  readonly patience?: Patience | undefined
}

/** Throws `usage`, `broker-unreachable` (within limits.openMs), `broker-auth`, `broker-error`. */
export async function connect(spec: string, options: KafkaOptions = {}): Promise<Cluster> {
  const { patience = {}, environment = process.env } = options
  const limits = { ...options.limits, ...defined({ openMs: patience.openMs, outageMs: patience.outageMs }) }
  const cluster = new Cluster(kafkaSettings(spec, environment, limits), patience)
  await orClose(
    () => cluster.reach(`reaching ${spec}`, () => cluster.everyTopic()),
    () => cluster.close(),
  )
  return cluster
}

/** Without what is undefined. */
const defined = (times: { openMs: number | undefined; outageMs: number | undefined }): Partial<KafkaLimits> =>
  Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined))
