// What an upgrade that was killed has left beside a state.
//
// Promises: a version beside that the state has taken over already is removed; one that it has not is left, since the
// next upgrade goes on with it.

import { existsSync, rmSync } from 'node:fs'
import { thenClose } from '../../core/close-all.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { nextOf } from '../../run/state/folders.ts'
import { type CommittedState, readCommitted, readPlan } from '../../run/state/read-state.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'
import { upgradeLock } from './take-state.ts'

/** For a state of the job that runs: nothing beside it is needed. */
export function clearLeftOver(state: string): void {
  rmSync(nextOf(state), { recursive: true, force: true })
}

/**
 * Removes what lies beside a state of this plan, where it was computed for this plan too and nobody works on it; true
 * where there is something else.
 */
export async function collectLeftOver(state: string, plan: Plan): Promise<boolean> {
  if (!existsSync(nextOf(state))) return false
  const there = await read(nextOf(state), reader => readPlan(reader))
  if (there === null || !there.results.every(r => plan.results.some(own => own.hash === r.hash))) return true
  const lock = await upgradeLock(state).catch(() => null)
  if (lock === null) return false
  await thenClose(
    async () => clearLeftOver(state),
    () => lock.release(),
  )
  return false
}

/** Null where nothing has been committed. */
export const committedOf = (state: string): Promise<CommittedState | null> =>
  read(state, reader => readCommitted(reader, state))

async function read<T>(state: string, part: (reader: StateReader) => T): Promise<T | null> {
  try {
    const reader = openStateReader(state)
    return await thenClose(
      async () => part(reader),
      () => reader.close(),
    )
  } catch (error) {
    if (isLyrebirdError(error) && error.code === 'state-missing') return null
    throw error
  }
}
