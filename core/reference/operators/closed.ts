// Closed windows as a stream: one element for each key and closed window (semantics.md 4.5).
//
// Promises: a row is emitted only once its window is closed, so it never changes afterwards; `keep` has no effect.

import { canonicalBytes } from '../../values/canonical.ts'
import { windowIdentity } from '../../values/identity.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import type { Row } from '../tables.ts'
import { isClosed } from '../windows.ts'

export function closedElements(runner: LambdaRunner, rows: readonly Row[], watermark: number): Element[] {
  return rows.flatMap(({ key, window, session = false, outcome }) => {
    if (window === undefined || !isClosed(window, watermark, session)) return []
    const identity = windowIdentity(canonicalBytes(key), window.start, window.end)
    if ('error' in outcome) {
      const { node, reason } = outcome.error
      runner.deadLetter({ node, identity, kind: 'throw', reason, display: {} })
      return []
    }
    const time = session ? window.end : window.end - 1
    return [{ time, identity, value: outcome.value, keyed: true, key, from: null }]
  })
}
