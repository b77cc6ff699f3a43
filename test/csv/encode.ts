// Texts as bytes of the encodings in which people hand CSV files on.

import type { Random } from '../../testing/equivalence/random.ts'

export type EncodingName = 'utf-8' | 'utf-8 marked' | 'utf-16le' | 'utf-16be' | 'utf-16 unmarked' | 'windows-1252'

interface Encoded {
  readonly bytes: Uint8Array
  /** What `append` is told; null where the bytes say it. */
  readonly encoding: string | null
}

const MARK = '\ufeff'

export function encoded(random: Random, text: string, name: EncodingName): Encoded {
  switch (name) {
    case 'utf-8':
      return { bytes: Buffer.from(text), encoding: random.chance(0.2) ? 'utf-8' : null }
    case 'utf-8 marked':
      return { bytes: Buffer.from(MARK + text), encoding: random.chance(0.2) ? 'utf-8' : null }
    case 'utf-16le':
      return { bytes: Buffer.from(MARK + text, 'utf16le'), encoding: random.chance(0.2) ? 'utf-16le' : null }
    case 'utf-16be':
      return { bytes: Buffer.from(MARK + text, 'utf16le').swap16(), encoding: random.chance(0.2) ? 'utf-16be' : null }
    case 'utf-16 unmarked':
      return { bytes: Buffer.from(text, 'utf16le'), encoding: null }
    case 'windows-1252':
      return { bytes: Buffer.from(text, 'latin1'), encoding: random.pick(['windows-1252', 'iso-8859-1']) }
  }
}
