// Codec libraries, loaded when the first batch needs one: most logs need none, and loading them all costs 30 ms at the
// start.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A function that returns the module of a package; the first call loads it. */
export function lazyCodec<Module>(name: 'snappyjs' | 'lz4-napi' | 'fzstd'): () => Module {
  let loaded: Module | undefined
  return () => {
    loaded ??= require(name) as Module
    return loaded
  }
}
