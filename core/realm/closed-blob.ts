// `Blob` as far as it only computes: libraries measure texts in UTF-8 with it. Its contents are closed in a lambda, as
// reading them takes a promise.

import { forbid } from './forbidden.ts'
import type { Phase } from './phase.ts'

const READING = ['arrayBuffer', 'bytes', 'slice', 'stream', 'text'] as const

export function closedBlob(phase: Phase): unknown {
  const sizes = new WeakMap<object, number>()
  const sizeOf = (part: unknown): number => {
    if (ArrayBuffer.isView(part) || part instanceof ArrayBuffer) return part.byteLength
    const size = typeof part === 'object' && part !== null ? sizes.get(part) : undefined
    return size ?? new TextEncoder().encode(String(part)).length
  }
  class Blob {
    readonly type: string
    constructor(parts: Iterable<unknown> = [], options: { readonly type?: string } = {}) {
      sizes.set(
        this,
        [...parts].reduce<number>((sum, part) => sum + sizeOf(part), 0),
      )
      this.type = String(options.type ?? '').toLowerCase()
    }
    /** In bytes. */
    get size(): number {
      return sizes.get(this) ?? 0
    }
  }
  for (const name of READING) {
    const value = (): unknown => (phase.loading ? undefined : forbid('outside-world', `Blob.${name}`))
    Object.defineProperty(Blob.prototype, name, { value, writable: true, configurable: true })
  }
  return Blob
}
