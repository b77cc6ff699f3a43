// Where a row of a table stands: what its key in state and views says of key and window, by the kind of windows.
//
// Promises: one form of row keys for views of every kind of table: the window's start (where there are windows), then the key; all order
// preserving. Leaves to `frames.ts`: the ends of windows.

import { ByteReader } from './bytes.ts'
import { decodeValue } from './canonical.ts'
import { framesOf } from './frames.ts'
import type { WindowSpec } from './plan.ts'

/** Half-open `[start, end)` in ms. */
export interface RowWindow {
  readonly start: number
  readonly end: number
}

export interface RowPlace {
  /** Where the canonical bytes of the key begin; they reach to the end of the row key. */
  readonly keyAt: number
  readonly key: unknown
  /** Undefined in the table of the global window. */
  readonly window: RowWindow | undefined
}

/** How the rows of a table are told apart, and when their windows close. */
export interface RowPlaces {
  placeOf(rowKey: Uint8Array): RowPlace
  /** Whether a window with this end is closed at a watermark. */
  isClosed(end: number, watermark: number): boolean
  /** The event time of the element that `closed()` makes of a row. */
  closedTime(end: number): number
  /** Rows whose window is closed at the watermark have keys below this one; null where there is no window, or none is closed. */
  closedBefore(watermark: number): number | null
}

export function rowPlaces(window: WindowSpec): RowPlaces {
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
