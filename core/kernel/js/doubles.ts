// Arithmetic of doubles that several parts of the kernel in JavaScript share.

/** What high + low loses (D. Knuth, TAOCP 4.2.2, theorem B). */
export function lost(high: number, low: number, sum: number): number {
  const part = sum - high
  return high - (sum - part) + (low - part)
}
