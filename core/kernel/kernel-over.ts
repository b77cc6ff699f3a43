// The kernel over a memory of its own: of the compiled module where there is one, in JavaScript elsewhere.
//
// Not here: where the module comes from (`host/kernel-module.ts`).

import { jsKernel } from './js/js-kernel.ts'
import type { Kernel } from './kernel.ts'
import { KernelMemory } from './memory.ts'
import { type WasmModule, wasm } from './wasm.ts'

/** What one executor has of its own: nothing else writes into the memory. */
export interface OwnKernel {
  readonly memory: KernelMemory
  readonly kernel: Kernel
}

/** `addresses`: as of `KernelMemory`. Throws `system-limit` where the system gives no memory. */
export function newKernel(module: WasmModule | undefined, addresses?: number): OwnKernel {
  const memory = new KernelMemory(addresses)
  return { memory, kernel: kernelOver(memory, module) }
}

function kernelOver(memory: KernelMemory, module: WasmModule | undefined): Kernel {
  if (module === undefined || wasm === undefined || memory.wasm === null) return jsKernel(memory)
  return new wasm.Instance(module, { env: { memory: memory.wasm } }).exports as Kernel
}
