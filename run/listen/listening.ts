// Listens while a run goes on, where it was asked to.
//
// Promises: the library of the metrics is loaded only then; the address is told once.

import { isLogPlace } from '../../logs/index.ts'
import type { RunOptions } from '../job-run.ts'
import type { Tell } from '../notices/notice.ts'

/** Runs with `/metrics`, `/healthz` and `/readyz` on an address; `act` gets a function to call once the run is live. */
export async function whileListening<T>(
  address: string | undefined,
  { state, log, sinks }: Pick<RunOptions, 'state' | 'log' | 'sinks'>,
  tell: Tell,
  act: (ready: () => void) => Promise<T>,
): Promise<T> {
  if (address === undefined || !isLogPlace(log)) return await act(() => {})
  const { listen } = await import('./listen.ts')
  const listening = await listen(address, { state, log, sinks })
  const { address: bound } = listening
  tell({ event: 'listening', level: 'info', text: `metrics on http://${bound}/metrics`, fields: { address: bound } })
  try {
    return await act(() => listening.ready())
  } finally {
    await listening.close()
  }
}
