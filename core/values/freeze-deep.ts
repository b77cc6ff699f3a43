// Freezing plain data at every depth.

/**
 * Freezes a tree of plain data in place and returns it. A part that is already frozen is taken to be frozen at every
 * depth.
 */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value) // bytes cannot be frozen
  for (const part of Object.values(value)) freezeDeep(part)
  return value
}
