// A duration as campaigns take it on the command line: 30s, 5m or 1h, in seconds.

const UNITS = { s: 1, m: 60, h: 3600 }

/** Ends the process with 2 where the text is no duration. */
export function secondsOf(text) {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? []
  if (amount !== undefined) return Number(amount) * UNITS[unit]
  console.error(`--duration takes a time such as 30s, 5m or 1h, not ${text}`)
  process.exit(2)
}
