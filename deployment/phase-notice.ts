// What is told of the phases of a deployment.

import type { Notice } from '../run/notices/notice.ts'
import { countText } from '../run/number-text.ts'

/** The beginning of a phase; `records` is about how many there are to read, or were read. */
export function phaseNotice(phase: 'history' | 'live', records: number): Notice {
  const count = countText(records)
  const live = records === 0 ? 'live' : `live, after ${count} records of history`
  const text = phase === 'history' ? `history: about ${count} records, read by batch` : live
  return { event: 'phase', level: 'info', text, fields: { phase, records } }
}

export const STOPPED: Notice = {
  event: 'stopped',
  level: 'info',
  text: 'stopped before it was live: the next run goes on from the last commit',
  fields: {},
}

export const LEFT_OVER =
  'an upgrade of this state was begun and not ended: run the changed job with --upgrade to go on, or remove the folder next in the state'
