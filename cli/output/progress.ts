// The progress line: records, records a second, share done, time left.
//
// Promises: at most ten lines a second; nothing where stderr is no terminal. The clock is read here and affects no
// result.

import { performance } from 'node:perf_hooks'
import { countText, durationText } from '../../run/number-text.ts'
import type { StreamProgress } from '../../runtime-stream/index.ts'
import type { Terminal } from './terminal.ts'

interface Seen {
  readonly records: number
  readonly bytes?: number
  /** How much of `total` is done: together they give the share and the time left. */
  readonly done?: number
  readonly total?: number
  /** Text at the end of the line, such as `lag 12`. */
  readonly more?: string
}

const EVERY_MS = 100

/** Returns a function that may be called at any rate. */
export function progressOf(terminal: Terminal, verb: string): (seen: Seen) => void {
  if (!terminal.shows) return () => {}
  const start = performance.now()
  let shown = Number.NEGATIVE_INFINITY
  return seen => {
    const now = performance.now()
    if (now - shown < EVERY_MS) return
    shown = now
    terminal.progress(progressText(verb, seen, (now - start) / 1000))
  }
}

export function progressText(verb: string, { records, bytes, done, total, more }: Seen, seconds: number): string {
  const rate = (n: number): string => countText(seconds < 0.05 ? 0 : Math.round(n / seconds))
  const parts = [`${verb}  ${countText(records)} records`, `${rate(records)} records/s`]
  if (bytes !== undefined) parts.push(`${sizeText(bytes)}, ${sizeText(seconds < 0.05 ? 0 : bytes / seconds)}/s`)
  if (done !== undefined && total !== undefined && total > 0) {
    parts.push(`${Math.floor((100 * done) / total)} %`)
    if (done > 0 && seconds > 0.5)
      parts.push(`${durationText(Math.ceil((seconds * (total - done)) / done) * 1000)} left`)
  }
  if (more !== undefined) parts.push(more)
  return parts.join('  ')
}

export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** What a stream shows after each commit. */
export const seenLive = ({ records, commits, lag }: StreamProgress): Seen => {
  return { records, more: `${countText(commits)} commits  lag ${countText(lag)}` }
}
