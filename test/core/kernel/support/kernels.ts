// The kernel in both implementations, each over a memory of its own.

import { jsKernel } from '../../../../core/kernel/js/js-kernel.ts'
import { newKernel, type OwnKernel } from '../../../../core/kernel/kernel-over.ts'
import { KernelMemory } from '../../../../core/kernel/memory.ts'
import { kernelModule } from '../../../../host/kernel-module.ts'

export function twin(): OwnKernel {
  const memory = new KernelMemory()
  return { memory, kernel: jsKernel(memory) }
}

/** The compiled one; undefined where there is none, or the environment asks for the other. */
export function compiled(): OwnKernel | undefined {
  const module = kernelModule()
  return module === undefined ? undefined : newKernel(module)
}
