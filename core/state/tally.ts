// Count and multiset digest of all that a node has handed on, or that a view holds: what is compared between executors.

import { ByteWriter } from '../values/bytes.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'

/** Names of tallies. */
export const TALLY = {
  late: 'late',
  dead: 'dead',
  view: (name: string): string => `view/${name}`,
  handed: (node: string): string => `handed/${node}`,
} as const

interface TallyData {
  readonly count: number
  readonly digest: string
}

/** A running multiset of rows. */
export class Tally {
  readonly digest: MultisetDigest
  readonly #w = new ByteWriter()

  constructor(digest: MultisetDigest = new MultisetDigest()) {
    this.digest = digest
  }

  add(key: Uint8Array, value: Uint8Array): void {
    this.digest.add(this.#join(key, value))
  }

  remove(key: Uint8Array, value: Uint8Array): void {
    this.digest.remove(this.#join(key, value))
  }

  get data(): TallyData {
    return { count: Number(this.digest.count), digest: this.digest.hex() }
  }

  /** Row bytes as they are hashed: the key, then the value. */
  #join(key: Uint8Array, value: Uint8Array): Uint8Array {
    this.#w.reset()
    this.#w.bytes(key)
    this.#w.bytes(value)
    return this.#w.view()
  }
}
