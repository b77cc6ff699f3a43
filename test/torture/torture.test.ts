// A job on three brokers while engine, brokers, answers and disk fail one after the other: in the end every output has
// each element once and in order, and all that the state holds is what the records of its topics ask for.
//
// A campaign: `npm run torture -- --minutes 60 --seed 1`. The suite skips it.

import { expect, test } from 'vitest'
import type { KafkaParts } from '../../scripts/kafka/jars.ts'
import { noKafka, parts } from '../logs/kafka/support/cluster.ts'
import { containersPossible } from '../logs/support/places.ts'
import { testFolder } from '../run/support/folder.ts'
import { torture } from './support/torture.ts'

const minutes = Number(process.env.LYREBIRD_TORTURE_MINUTES ?? 0)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
/** For what follows the harms, which grows with the records. */
const REST_MS = 20 * 60_000

if (minutes > 0 && !containersPossible)
  console.warn('torture.test.ts: no unshare here, so no second process takes a state over')

test.skipIf(noKafka || minutes === 0)(
  `torture of ${minutes} minutes, seed ${seed}`,
  { timeout: minutes * 120_000 + REST_MS },
  async () => {
    const say = (line: string): void => console.log(line)
    const { violations, ...counts } = await torture({
      parts: parts as KafkaParts,
      folder: testFolder(),
      seed,
      minutes,
      say,
    })
    console.log(
      Object.entries({ ...counts, violations: violations.length })
        .map(([name, n]) => `${name} ${n}`)
        .join(', '),
    )
    expect(violations).toEqual([])
    expect(counts.kills).toBeGreaterThan(0)
  },
)
