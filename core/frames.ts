// Frames: windows that stand at fixed places in time, so that the end of one follows from its start.
//
// Promises: exact over the whole range of event times. Leaves to the aggregations: windows whose places depend on the elements
// (sessions), and which elements a frame holds.

import type { WindowSpec } from './plan.ts'

export interface Frames {
  /** The exclusive end of the window that begins at `start`, in ms. */
  endOf(start: number): number
  /** Windows that begin before this are closed at a watermark (`end <= watermark`), the others are open. May be infinite. */
  openFrom(watermark: number): number
}

/** The frames of a kind of windows; null for the global one. */
export function framesOf(window: WindowSpec): Frames | null {
  return window.kind === 'global' ? null : evenFrames(window.sizeMs)
}

/** Windows of one length. Starts are whole milliseconds, so those up to the last closed one are those below the next number. */
const evenFrames = (sizeMs: number): Frames =>
  Object.freeze({
    endOf: (start: number) => start + sizeMs,
    openFrom: (watermark: number) => Math.floor(watermark - sizeMs) + 1,
  })
