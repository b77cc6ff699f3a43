// The kernel in JavaScript: what runs where there is no WebAssembly, and what its fuzz is compared with.

import { isUtf8 } from '../../scan/text.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'
import { packBlocksOver } from './blocks.ts'
import { decodeOver } from './decode.ts'
import { keysOver } from './keys.ts'
import { splitLinesOver } from './lines.ts'
import { packRowsOver } from './pack.ts'
import { hashRowsOver, sortRowsOver } from './rows.ts'
import { runsOver } from './runs.ts'

export function jsKernel(memory: KernelMemory): Kernel {
  const keys = keysOver(memory)
  return {
    utf8: (from, end) => (isUtf8(memory.bytes, from, end) ? 1 : 0),
    splitLines: splitLinesOver(memory),
    decode: decodeOver(memory),
    sortRows: sortRowsOver(memory),
    hashRows: hashRowsOver(memory),
    packBlocks: packBlocksOver(memory),
    packRows: packRowsOver(memory),
    ...keys,
    ...runsOver(memory, keys),
  }
}
