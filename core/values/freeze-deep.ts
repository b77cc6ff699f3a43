// Freezing plain data to its depth.

/** Freezes a tree of plain data in place and gives it back. What is frozen already is taken to be so to the bottom. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value) // bytes cannot be frozen
  for (const part of Object.values(value)) freezeDeep(part)
  return value
}
