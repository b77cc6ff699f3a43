// Runs the author's code in UTC, as every process that runs lambdas does (semantics.md 9.3).

/** Runs in UTC and puts the time zone of the process back. */
export function inUtc<T>(run: () => T): T {
  const zone = process.env.TZ
  process.env.TZ = 'UTC'
  try {
    return run()
  } finally {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  }
}
