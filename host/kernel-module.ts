// The kernel's WebAssembly module: `kernel.wasm` beside the build.
//
// Promises: read and compiled once in a thread. Undefined where there is none: the file is missing, the engine has no
// WebAssembly or refuses the module, or the variable LYREBIRD_KERNEL says `js`. Then the kernel in JavaScript gives the
// same answers, more slowly. Any other value of the variable but `wasm` is a usage error.

import { readFileSync } from 'node:fs'
import { LyrebirdError } from '../core/errors.ts'
import { newKernel, type OwnKernel } from '../core/kernel/kernel-over.ts'
import { type WasmModule, wasm } from '../core/kernel/wasm.ts'
import { addressSpaceLeft } from './limits-of-process.ts'

/** Where it is from here: of the build and its bundles, of the sources, of the bundle of a worker thread. */
const PLACES = ['../kernel.wasm', '../build/kernel.wasm', '../../kernel.wasm']

let known: { readonly module: WasmModule | undefined } | undefined

/** A kernel for one executor: a quarter of the address space is its, where that is limited. */
export const makeKernel = (): OwnKernel => newKernel(kernelModule(), addressSpaceLeft() / 4)

export function kernelModule(): WasmModule | undefined {
  known ??= { module: wanted() ? compiled() : undefined }
  return known.module
}

function wanted(): boolean {
  const kernel = process.env.LYREBIRD_KERNEL ?? 'wasm'
  if (kernel !== 'wasm' && kernel !== 'js' && kernel !== '') {
    throw new LyrebirdError('usage', `LYREBIRD_KERNEL is ${JSON.stringify(kernel)}, which names no kernel`, {
      hint: 'unset it, or set it to js for the kernel in JavaScript',
    })
  }
  return kernel !== 'js'
}

function compiled(): WasmModule | undefined {
  if (wasm === undefined) return undefined
  for (const place of PLACES) {
    const bytes = contentOf(new URL(place, import.meta.url))
    if (bytes === undefined) continue
    try {
      return new wasm.Module(bytes)
    } catch {
      return undefined // an engine without SIMD or threads, or without room for code
    }
  }
  return undefined
}

function contentOf(url: URL): Uint8Array | undefined {
  try {
    return readFileSync(url)
  } catch {
    return undefined
  }
}
