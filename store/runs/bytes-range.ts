// A hash of parts of byte strings, without copying them first.

/** 32-bit FNV-1a with a final mix (Fowler, Noll and Vo): for filters, never for identity. */
export function hashRange(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
