// `Math` and `crypto` without randomness: while modules are loaded it is a fixed sequence, and from then on closed.

import { forbid } from './forbidden.ts'
import type { Phase } from './phase.ts'

const WORD = 'random-in-lambda'

/** Numbers in [0, 1), the same for each realm: a module may keep some while it is loaded, in every process alike. */
type LoadRandom = (name: string) => number

/** Mulberry32, a generator of 32 bits of state, from a fixed seed. */
export function loadRandom(phase: Phase): LoadRandom {
  let state = 0x6c797265
  return name => {
    if (!phase.loading) return forbid(WORD, name)
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function closedMath(random: LoadRandom): object {
  const math: object = Object.create(Object.prototype, Object.getOwnPropertyDescriptors(Math))
  Object.defineProperty(math, 'random', {
    value: () => random('Math.random'),
    writable: true,
    configurable: true,
  })
  return math
}

/** What libraries take of `crypto` while they are loaded. Everything of it is closed in a lambda. */
export function closedCrypto(random: LoadRandom): object {
  const bytes = (array: Uint8Array, name: string): Uint8Array => {
    for (let i = 0; i < array.length; i++) array[i] = random(name) * 256
    return array
  }
  return {
    getRandomValues<T extends ArrayBufferView>(array: T): T {
      bytes(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), 'crypto.getRandomValues')
      return array
    },
    randomUUID(): string {
      const id = bytes(new Uint8Array(16), 'crypto.randomUUID')
      id[6] = ((id[6] as number) & 0x0f) | 0x40
      id[8] = ((id[8] as number) & 0x3f) | 0x80
      const hex = [...id].map(byte => byte.toString(16).padStart(2, '0')).join('')
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    },
  }
}
