// Closing what a run holds: logs, states, sinks, files.
//
// Promises: one failure to close leaves nothing else open, and never hides the error that came before it.

type Close = () => unknown

/** Calls each in turn, whatever the others throw; then throws what the first of them threw. */
export async function closeAll(...closings: readonly Close[]): Promise<void> {
  const failures = await failuresOf(closings)
  if (failures.length > 0) throw failures[0]
}

/** Runs `body`, then calls each. What `body` throws is thrown, whatever closing does. */
export async function thenClose<T>(body: () => Promise<T>, ...closings: readonly Close[]): Promise<T> {
  const result = await orClose(body, ...closings)
  await closeAll(...closings)
  return result
}

/** Runs `body`, and calls each only where it throws; throws what it threw. */
export async function orClose<T>(body: () => Promise<T>, ...closings: readonly Close[]): Promise<T> {
  try {
    return await body()
  } catch (error) {
    await failuresOf(closings)
    throw error
  }
}

/** Waits for all; where one fails, closes the others and throws what the first of them threw. */
export async function openedTogether<T>(openings: readonly Promise<T>[], close: (opened: T) => unknown): Promise<T[]> {
  const settled = await Promise.allSettled(openings)
  const opened = settled.filter(one => one.status === 'fulfilled').map(({ value }) => value)
  const failure = settled.find(one => one.status === 'rejected')
  if (failure === undefined) return opened
  await failuresOf(opened.map(one => () => close(one)))
  throw failure.reason
}

async function failuresOf(closings: readonly Close[]): Promise<readonly unknown[]> {
  const failures: unknown[] = []
  for (const close of closings) {
    try {
      await close()
    } catch (failure) {
      failures.push(failure)
    }
  }
  return failures
}
