// Writes to a file until all is written.

import { writeSync } from 'node:fs'

/** A disk that is nearly full may take a part at a time. */
export function writeWhole(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}
