// The linear memory of a kernel: one for each executor, and regions of it.
//
// Promises: regions are 64-byte aligned, with KERNEL_PADDING readable bytes behind them, and are used again when they
// are released, since the first touch of fresh memory costs more than most of what is done with it. Views of a region
// stay valid while the memory grows. A released region keeps what it holds; a fresh one is zero.
// Not here: what lies in a region (`layout.ts`).

import { invariant, LyrebirdError } from '../errors.ts'
import { FreeRegions } from './free-regions.ts'
import { type WasmMemory, wasm } from './wasm.ts'

/** Bytes that a kernel may read, never write, past the end of a region. */
export const KERNEL_PADDING = 64

const PAGE = 65_536
/** Pages of an address space of 4 GB, and less where that is not to be had. */
const MAXIMA = [65_536, 16_384, 4_096, 1_024]
/** Pages that are asked for where not even that is left. */
const FEWEST = 256
/** Below this are the tables that both kernels read (`tables.ts`). */
const FIRST = PAGE
/** Regions of so many bytes are joined and divided; smaller ones are used again for those of their size. */
const LARGE = 1 << 16
/** Memory grows by an eighth of what it has, at least by this many pages. */
const GROWTH_PAGES = 16

export class KernelMemory {
  /** What an instance of the module imports; null where there is no WebAssembly, or no room for its memory. */
  readonly wasm: WasmMemory | null
  readonly #growable: SharedArrayBuffer | null
  readonly #maximum: number
  /** All of it, as far as it goes now. */
  #bytes: Uint8Array
  #view: DataView
  #top = FIRST
  /** Released regions that are small, by their size. */
  readonly #small = new Map<number, number[]>()
  readonly #large = new FreeRegions()

  /**
   * `addresses`: bytes of the address space that it may take where that is limited. Throws `system-limit` where the
   * system gives no memory.
   */
  constructor(addresses = Number.POSITIVE_INFINITY) {
    const { memory, growable, maximum } = reserve(addresses)
    this.wasm = memory
    this.#growable = growable
    this.#maximum = maximum
    const buffer = memory?.buffer ?? (growable as SharedArrayBuffer)
    this.#bytes = new Uint8Array(buffer, 0, buffer.byteLength)
    this.#view = new DataView(buffer, 0, buffer.byteLength)
  }

  /** Every byte there is now. Asked for again after each `alloc`: a view does not grow with the memory. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** The same as a view for words. */
  get view(): DataView {
    return this.#view
  }

  /** Bytes that it may grow to. */
  get capacity(): number {
    return this.#maximum * PAGE
  }

  get buffer(): ArrayBufferLike {
    return this.#bytes.buffer
  }

  /** The address of at least so many bytes. Throws `system-limit` where there are no more. */
  alloc(bytes: number): number {
    const size = sizeClass(bytes)
    const free = size < LARGE ? this.#small.get(size)?.pop() : this.#large.take(size)
    if (free !== undefined) return free
    const address = this.#top
    const top = address + size
    if (top > this.#bytes.length) this.#grow(top)
    this.#top = top
    return address
  }

  /** Gives back what `alloc` gave for the same number of bytes. */
  release(address: number, bytes: number): void {
    const size = sizeClass(bytes)
    invariant(address >= FIRST && address + size <= this.#top, 'released a region that is none')
    if (size >= LARGE) return this.#large.give(address, size)
    const free = this.#small.get(size)
    if (free === undefined) this.#small.set(size, [address])
    else free.push(address)
  }

  #grow(top: number): void {
    const has = this.#bytes.length / PAGE
    const needs = Math.ceil(top / PAGE)
    const more = Math.min(this.#maximum - has, Math.max(needs - has, GROWTH_PAGES, has >> 3))
    if (has + more < needs) throw noMemory(top)
    try {
      if (this.wasm === null) (this.#growable as GrowableBuffer).grow((has + more) * PAGE)
      else this.wasm.grow(more)
    } catch (error) {
      throw noMemory(top, error)
    }
    const buffer = this.wasm?.buffer ?? (this.#growable as SharedArrayBuffer)
    this.#bytes = new Uint8Array(buffer, 0, buffer.byteLength)
    this.#view = new DataView(buffer, 0, buffer.byteLength)
  }
}

/** What Node's own types do not declare yet. */
interface GrowableBuffer extends SharedArrayBuffer {
  grow(bytes: number): void
}

const GrowableBuffer = SharedArrayBuffer as new (bytes: number, options: { maxByteLength: number }) => SharedArrayBuffer

/**
 * Reserves addresses, not memory: as many as there are. WebAssembly takes far more of them than its memory has, so
 * where they are limited there may be none for it but enough for the kernel in JavaScript.
 */
function reserve(addresses: number): {
  memory: WasmMemory | null
  growable: SharedArrayBuffer | null
  maximum: number
} {
  const engine = wasm
  if (engine !== undefined) {
    const found = largest(MAXIMA, maximum => new engine.Memory({ initial: 2, maximum, shared: true }))
    if (found !== null) return { memory: found.made, growable: null, maximum: found.maximum }
  }
  const maxima = [...MAXIMA.filter(pages => pages * PAGE <= addresses), FEWEST]
  const found = largest(maxima, maximum => new GrowableBuffer(2 * PAGE, { maxByteLength: maximum * PAGE }))
  if (found === null) throw noMemory(2 * PAGE)
  return { memory: null, growable: found.made, maximum: found.maximum }
}

function largest<T>(maxima: readonly number[], make: (pages: number) => T): { made: T; maximum: number } | null {
  for (const maximum of maxima) {
    try {
      return { made: make(maximum), maximum }
    } catch {
      // A RangeError: so many are not to be had.
    }
  }
  return null
}

/** Bytes that are taken for a region: four sizes for each doubling, a page's multiple or a small power of two. */
function sizeClass(bytes: number): number {
  const least = bytes + KERNEL_PADDING
  if (least <= 256) return 256
  const step = 2 ** (Math.floor(Math.log2(least)) - 2)
  return Math.ceil(least / step) * step
}

function noMemory(bytes: number, cause?: unknown): LyrebirdError {
  return new LyrebirdError('system-limit', `there is no room for ${bytes} bytes of working memory of one executor`, {
    hint: 'raise the limit of the address space (ulimit -v), or give the run less memory with --memory',
    cause,
  })
}
