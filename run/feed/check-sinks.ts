// Asks sinks whether they can hold the rows of a job, before anything is computed for them.
//
// Promises: takes hold of none and changes nothing. One that is away is not waited for.

import { thenClose } from '../../core/close-all.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { isSinkAway } from '../../core/sink/row-sink.ts'
import type { TopicOptions } from '../../sinks/sink.ts'
import type { RowSinks } from './feeds.ts'
import { askedSinks } from './row-feeds.ts'

interface CheckedSinks {
  readonly sinks?: RowSinks | undefined
  readonly outTopics?: TopicOptions | undefined
}

/** `state`: its id; empty for one that is still to be made. Throws what `position` of a sink throws, and `usage`. */
export async function checkSinks(plan: Plan, { sinks = {}, outTopics }: CheckedSinks, state: string): Promise<void> {
  const takesOver = outTopics?.republish === true
  const isNone = (error: unknown): boolean =>
    isSinkAway(error) || (takesOver && isLyrebirdError(error) && error.code === 'sink-owned')
  for (const { sink } of askedSinks(plan, sinks, state)) {
    await thenClose(
      async () => {
        try {
          await sink.held()
        } catch (error) {
          if (!isNone(error)) throw error
        }
      },
      () => sink.close(),
    )
  }
}
