// The folder of a state for what does not fit in memory.

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const scratchOf = (state: string): string => join(state, 'scratch')

/** Made empty: what a killed run left there is of no use, since this process owns the state now. */
export function makeScratch(state: string): void {
  rmSync(scratchOf(state), { recursive: true, force: true })
  mkdirSync(scratchOf(state), { recursive: true })
}
