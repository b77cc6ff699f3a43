// Damage to the files of a folder: a flipped bit or a cut.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { seededRandom } from '../../../testing/equivalence/random.ts'

/** Flips a bit of a file, or cuts it; says what it did. */
export function damage(path: string, random: ReturnType<typeof seededRandom>): string {
  const bytes = readFileSync(path)
  const at = random.below(bytes.length)
  if (random.chance(0.1)) {
    writeFileSync(path, bytes.subarray(0, at))
    return `${path} cut at ${at}`
  }
  const bit = random.below(8)
  bytes[at] = (bytes[at] as number) ^ (1 << bit)
  writeFileSync(path, bytes)
  return `${path} bit ${bit} of byte ${at}`
}

/** All files below a folder, packages apart. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name !== 'node_modules')
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? filesIn(path) : [path]))
}
