// Fresh copies of frozen values, which a lambda is given the second time, so that a change of its argument is noticed.
//
// Promises: copies keep -0 and undefined fields, which canonical bytes do not. Anything that is not plain data is not
// copied.

/** The same plain data, not frozen. */
export function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyValue)
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value
  const copy: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(value)) {
    Object.defineProperty(copy, name, { value: copyValue(part), writable: true, enumerable: true, configurable: true })
  }
  return copy
}
