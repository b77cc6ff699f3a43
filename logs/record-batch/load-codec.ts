// Codec libraries, loaded when the first batch needs one: most logs need none, and loading them all costs a start 30 ms.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A function that gives the module of a package; it is loaded at the first call. */
export function lazyCodec<Module>(name: 'snappyjs' | 'lz4-napi' | 'fzstd'): () => Module {
  let loaded: Module | undefined
  return () => {
    loaded ??= require(name) as Module
    return loaded
  }
}
