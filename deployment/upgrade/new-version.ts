// `--as NEW`: the new version of a job as a state of its own, beside the old one, which stays and goes on.
//
// Promises: refused where NEW is the old state or lies in it; says what differs, and that both are kept.

import { isAbsolute, relative, resolve } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { explainedChanges } from '../../run/state/explained-changes.ts'
import { committedOf } from './left-over.ts'

interface Versions {
  /** Directory of the state of the old version. */
  readonly state: string
  /** That of the new one. */
  readonly as: string
}

/** Throws `usage` and `state-missing`. */
export async function sayNewVersion({ state, as }: Versions, plan: Plan, say: (line: string) => void): Promise<void> {
  const inside = relative(resolve(state), resolve(as))
  if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside))) {
    throw new LyrebirdError('usage', `--as ${as} is ${inside === '' ? '' : 'in '}the directory of the old version`, {
      hint: `name another directory: --as ${state}-new`,
    })
  }
  const before = await committedOf(state)
  if (before === null) {
    throw new LyrebirdError('state-missing', `nothing has been committed to the state in ${state}`, {
      where: { state },
      hint: 'run without --as',
    })
  }
  for (const change of before.job === null ? [] : explainedChanges(before.job, plan, before.plan))
    say(`new version: ${change}`)
  say(`new version: in ${as}; the old one in ${state} stays as it is`)
}
