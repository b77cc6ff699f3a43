// Waits for a state that others have open for a moment.

import { setTimeout as sleep } from 'node:timers/promises'
import { isLyrebirdError } from '../core/errors.ts'
import { HAND_OVER_MS, LOOK_MS } from './limits.ts'

/** Tries again where a process that was just refused still has the state open. */
export async function onceFree<T>(act: () => Promise<T>): Promise<T> {
  const until = performance.now() + HAND_OVER_MS
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!isLyrebirdError(error) || error.code !== 'state-locked' || performance.now() > until) throw error
    }
    await sleep(LOOK_MS)
  }
}
