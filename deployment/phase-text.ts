// What people are told of the phases of a deployment.

import { countText } from '../run/number-text.ts'

/** The sentence at the beginning of a phase; `records` is about how many there are to read, or were read. */
export function phaseText(phase: 'history' | 'live', records: number): string {
  const count = countText(records)
  if (phase === 'history') return `history: about ${count} records, read by batch`
  return records === 0 ? 'live' : `live, after ${count} records of history`
}

export const STOPPED = 'stopped before it was live: the next run goes on from the last commit'

export const LEFT_OVER =
  'an upgrade of this state was begun and not ended: run the changed job with --upgrade to go on, or remove the folder next in the state'
