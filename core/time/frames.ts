// Frames: windows at fixed places in time, so that the end of one follows from its start.
//
// Promises: exact over the whole range of event times.
// Not here: windows whose places depend on the elements (sessions, `core/operators/session`), and which elements a
// frame holds (`core/operators/aggregate`).

import type { WindowSpec } from '../plan/plan.ts'
import { type Calendar, calendar } from './calendar.ts'

export interface Frames {
  /** The exclusive end of the window that begins at `start`, in ms. */
  endOf(start: number): number
  /**
   * Windows that begin before this are closed at a watermark (`end <= watermark`), the others are open. May be
   * infinite.
   */
  openFrom(watermark: number): number
}

/** The frames of a kind of windows; null for the global one and for sessions. */
export function framesOf(window: WindowSpec): Frames | null {
  switch (window.kind) {
    case 'global':
    case 'session':
      return null
    case 'calendar':
      return calendarFrames(calendar(window.unit, window.tz))
    default:
      return evenFrames(window.sizeMs)
  }
}

/**
 * Windows of one length. Starts are whole milliseconds: the least open start is one more than the greatest closed one.
 */
const evenFrames = (sizeMs: number): Frames =>
  Object.freeze({
    endOf: (start: number) => start + sizeMs,
    openFrom: (watermark: number) => Math.floor(watermark - sizeMs) + 1,
  })

/** The window that holds the watermark is open, and all before it have ended. */
const calendarFrames = ({ windowAt }: Calendar): Frames =>
  Object.freeze({
    endOf: (start: number) => windowAt(start).end,
    openFrom: (watermark: number) => (Number.isFinite(watermark) ? windowAt(watermark).start : watermark),
  })
