// Freezing plain data that the plan is made of.

/** Freezes a tree of plain data in place. Parts that are frozen already are taken to be frozen to the bottom. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freezeDeep(part)
  }
  return value
}
