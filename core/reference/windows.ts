// Which windows a time lies in, found the slow way.

import type { WindowSpec } from '../plan.ts'

/** Half-open `[start, end)` in ms. */
export interface Window {
  readonly start: number
  readonly end: number
}

/** The windows of a time, by start; `undefined` stands for the global one, which never closes. */
export function windowsAt(spec: WindowSpec, time: number): readonly (Window | undefined)[] {
  if (spec.kind === 'global') return [undefined]
  const every = spec.kind === 'tumbling' ? spec.sizeMs : spec.everyMs
  const windows: Window[] = []
  // From the last start at or before the time back to the first whose window still reaches it.
  for (let start = lastStart(time, every, spec.offsetMs); start + spec.sizeMs > time; start -= every) {
    windows.unshift({ start, end: start + spec.sizeMs })
  }
  return windows
}

/** The greatest `offset + n * every` that is not past the time, in integers without rounding. */
function lastStart(time: number, every: number, offset: number): number {
  const distance = BigInt(time) - BigInt(offset)
  const step = BigInt(every)
  const past = ((distance % step) + step) % step
  return Number(BigInt(time) - past)
}

/** Closed once no element of it can come any more: `end <= W`. */
export function isClosed(window: Window | undefined, watermark: number): boolean {
  return window !== undefined && window.end <= watermark
}
