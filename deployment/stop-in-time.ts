// A process that was told to stop ends before its supervisor kills it.

import { STOP_MS } from './limits.ts'

/**
 * Ends the process with exit code 0 where it has not ended by itself in time after the signal: what is not committed is
 * read again.
 */
export function stopInTime(signal: AbortSignal): void {
  signal.addEventListener('abort', () => setTimeout(() => process.exit(0), STOP_MS).unref())
}
