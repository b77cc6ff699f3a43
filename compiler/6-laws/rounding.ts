// Whether two states differ by nothing but the rounding of doubles.

/** True where all that differs are finite numbers that nearly agree. */
export function differsByRounding(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    if (Object.is(one, other)) return true
    const size = Math.max(Math.abs(one), Math.abs(other))
    return Number.isFinite(size) && Math.abs(one - other) <= size * 1e-6
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  const part = (of: object, name: string): unknown => (of as Record<string, unknown>)[name]
  return names.every(name => Object.hasOwn(other, name) && differsByRounding(part(one, name), part(other, name)))
}
