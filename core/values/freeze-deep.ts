// Freezing plain data of our own making.
//
// Promises: freezes in place and gives the same value back. Parts that are frozen already are taken to be frozen to
// the bottom.
// Does not touch byte strings, which cannot be frozen.

export function freezeDeep<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return value
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freezeDeep(part)
  }
  return value
}
