// Row keys of a table: key and window of a row from its key in state and views, by the kind of windows.
//
// Promises: a row key is the key (no windows), start and key (windows at fixed places), or start, end and key
// (sessions); all order preserving.
// Not here: the ends of windows (`frames.ts`).

import type { WindowSpec } from '../plan/plan.ts'
import { framesOf } from '../time/frames.ts'
import type { TimeWindow } from '../time/time-window.ts'
import { ByteReader } from '../values/bytes.ts'
import { decodeValue } from '../values/canonical.ts'

export interface RowPlace {
  /** Where the canonical bytes of the key begin; they reach to the end of the row key. */
  readonly keyAt: number
  readonly key: unknown
  /** Undefined in the table of the global window. */
  readonly window: TimeWindow | undefined
}

/** How the row keys of a table are read, and when its windows close. */
export interface RowPlaces {
  placeOf(rowKey: Uint8Array): RowPlace
  /** Whether a window with this end is closed at a watermark. */
  isClosed(end: number, watermark: number): boolean
  /** The event time of the element that `closed()` makes of a row. */
  closedTime(end: number): number
  /**
   * Rows whose window is closed at the watermark have keys below this one; null where there is no window, or none is
   * closed.
   */
  closedBefore(watermark: number): number | null
}

/** Cached, since looking up a time zone costs more than reading a row. */
const known = new WeakMap<WindowSpec, RowPlaces>()

export function rowPlaces(window: WindowSpec): RowPlaces {
  if (window.kind === 'session') return SESSIONS
  let places = known.get(window)
  if (places === undefined) {
    places = framedPlaces(window)
    known.set(window, places)
  }
  return places
}

function framedPlaces(window: WindowSpec): RowPlaces {
  const frames = framesOf(window)
  return Object.freeze({
    placeOf(rowKey: Uint8Array): RowPlace {
      const reader = new ByteReader(rowKey)
      if (frames === null) return { keyAt: 0, key: decodeValue(reader), window: undefined }
      const start = decodeValue(reader) as number
      const keyAt = reader.position
      return { keyAt, key: decodeValue(reader), window: Object.freeze({ start, end: frames.endOf(start) }) }
    },
    isClosed: (end: number, watermark: number) => end <= watermark,
    closedTime: (end: number) => end - 1,
    closedBefore(watermark: number): number | null {
      if (frames === null || watermark === Number.NEGATIVE_INFINITY) return null
      return frames.openFrom(watermark)
    },
  })
}

/** An element at the very end of a session would still join it, so it closes one instant later than other windows. */
const SESSIONS: RowPlaces = Object.freeze({
  placeOf(rowKey: Uint8Array): RowPlace {
    const reader = new ByteReader(rowKey)
    const window = Object.freeze({ start: decodeValue(reader) as number, end: decodeValue(reader) as number })
    return { keyAt: reader.position, key: decodeValue(reader), window }
  },
  isClosed: (end: number, watermark: number) => end < watermark,
  closedTime: (end: number) => end,
  closedBefore: (watermark: number) => (watermark === Number.NEGATIVE_INFINITY ? null : watermark),
})
