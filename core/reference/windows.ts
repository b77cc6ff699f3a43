// Which windows a time lies in, found the slow way.

import type { WindowSpec } from '../plan/plan.ts'
import type { TimeWindow } from '../time/time-window.ts'
import { calendarWindowAt } from './calendar.ts'

/** The windows of a time, by start; `undefined` is the global one, which never closes. */
export function windowsAt(spec: FixedWindow, time: number): readonly (TimeWindow | undefined)[] {
  if (spec.kind === 'global') return [undefined]
  if (spec.kind === 'calendar') return [calendarWindowAt(spec, time)]
  const every = spec.kind === 'tumbling' ? spec.sizeMs : spec.everyMs
  const windows: TimeWindow[] = []
  // From the last start at or before the time back to the first whose window still reaches it.
  for (let start = lastStart(time, every, spec.offsetMs); start + spec.sizeMs > time; start -= every) {
    windows.unshift({ start, end: start + spec.sizeMs })
  }
  return windows
}

/** Windows whose places do not depend on the elements. */
export type FixedWindow = Exclude<WindowSpec, { kind: 'session' }>

/** The greatest `offset + n * every` that is not past the time, in integers without rounding. */
function lastStart(time: number, every: number, offset: number): number {
  const distance = BigInt(time) - BigInt(offset)
  const step = BigInt(every)
  const past = ((distance % step) + step) % step
  return Number(BigInt(time) - past)
}

/**
 * Closed once no element of it can come any more: `end <= W`; a session one instant later, since an element at its end
 * would still join it.
 */
export function isClosed(window: TimeWindow | undefined, watermark: number, session = false): boolean {
  return window !== undefined && (session ? window.end < watermark : window.end <= watermark)
}
