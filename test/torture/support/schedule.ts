// Which harm is done when: drawn from a seed alone, so that the same seed gives the same schedule.
//
// Promises: every kind comes once in each round, in an order of its own. Which broker has a role is seen only when the
// harm is done.

import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import type { API } from '../../sinks/kafka/proxy.ts'
import type { Killed } from './engine.ts'

export type Role = 'leader' | 'coordinator' | 'controller'

export type Harm =
  | { readonly kind: 'engine-kill'; readonly downMs: number }
  | { readonly kind: 'engine-freeze'; readonly ms: number }
  | { readonly kind: 'takeover' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'upgrade'; readonly killed: Killed; readonly afterMs: number }
  | { readonly kind: 'broker-kill' | 'broker-freeze'; readonly role: Role; readonly ms: number }
  | { readonly kind: 'two-brokers'; readonly ms: number }
  | { readonly kind: 'database-kill' | 'database-freeze'; readonly ms: number }
  | { readonly kind: 'answer'; readonly api: keyof typeof API; readonly fault: 'lost' | 'late'; readonly nth: number }

export interface Step {
  /** From the step before. */
  readonly pauseMs: number
  readonly harm: Harm
}

export function* schedule(seed: number): Generator<Step> {
  const random = seededRandom(seed)
  const between = (from: number, to: number): number => from + random.below(to - from)
  for (;;) {
    for (const harm of shuffled(random, round(random, between))) yield { pauseMs: between(10_000, 15_000), harm }
  }
}

function round(random: Random, between: (from: number, to: number) => number): readonly Harm[] {
  const away = (kind: 'broker-kill' | 'broker-freeze', role: Role): Harm => ({ kind, role, ms: between(3_000, 15_000) })
  const answer = (api: keyof typeof API): Harm => {
    return { kind: 'answer', api, fault: random.pick(['lost', 'late']), nth: between(1, 6) }
  }
  return [
    { kind: 'engine-kill', downMs: between(0, 3_000) },
    { kind: 'engine-kill', downMs: 0 },
    { kind: 'engine-freeze', ms: between(1_000, 10_000) },
    { kind: 'takeover' },
    { kind: 'disk-full' },
    { kind: 'upgrade', killed: 'neither', afterMs: 0 },
    { kind: 'upgrade', killed: random.pick(['new', 'old']), afterMs: between(500, 8_000) },
    away('broker-kill', 'leader'),
    away('broker-kill', 'coordinator'),
    away('broker-kill', 'controller'),
    away('broker-freeze', 'leader'),
    away('broker-freeze', 'coordinator'),
    away('broker-freeze', 'controller'),
    { kind: 'two-brokers', ms: between(2_000, 8_000) },
    { kind: 'database-kill', ms: between(0, 8_000) },
    { kind: 'database-freeze', ms: between(1_000, 10_000) },
    answer('endTransaction'),
    answer('endTransaction'),
    answer('produce'),
    // It is called once in each session.
    { ...answer('initProducerId'), nth: 1 } as Harm,
  ]
}

export function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const left = [...items]
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T)
}
