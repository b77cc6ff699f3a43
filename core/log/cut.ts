// Cuts: for each partition an exclusive end offset.
//
// Promises: exact offsets (bigint), one text form (`topic/0:1200,topic/1:990`), sorted by topic and partition number.

import { LyrebirdError } from '../errors.ts'

/** Key is `topic/partition`; value the exclusive end offset. */
export type Cut = ReadonlyMap<string, bigint>

export const partitionName = (topic: string, partition: number): string => `${topic}/${partition}`

/** Splits `topic/3`; topic names hold no slash. */
export function splitPartition(name: string): { topic: string; partition: number } {
  const at = name.lastIndexOf('/')
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) }
}

function comparePartitions(a: string, b: string): number {
  const x = splitPartition(a)
  const y = splitPartition(b)
  if (x.topic !== y.topic) return x.topic < y.topic ? -1 : 1
  return x.partition - y.partition
}

export function sortedCut(cut: Cut): [string, bigint][] {
  return [...cut].sort((a, b) => comparePartitions(a[0], b[0]))
}

/** The text form. */
export const cutText = (cut: Cut): string =>
  sortedCut(cut)
    .map(([name, offset]) => `${name}:${offset}`)
    .join(',')

/** Parses the text form. Throws `malformed-cut`. */
export function parseCut(text: string): Cut {
  const cut = new Map<string, bigint>()
  for (const part of text.trim().split(',')) {
    const m = /^(?!\.{1,2}\/)([A-Za-z0-9._-]{1,249})\/(\d{1,9}):(\d{1,18})$/.exec(part.trim())
    if (m === null) {
      throw new LyrebirdError('malformed-cut', `"${part.slice(0, 60)}" is not a position of a cut`, {
        hint: 'write topic/partition:offset, separated by commas, such as page-views/0:1200,page-views/1:990',
      })
    }
    const name = partitionName(m[1] as string, Number(m[2]))
    if (cut.has(name)) throw new LyrebirdError('malformed-cut', `the cut names ${name} twice`)
    cut.set(name, BigInt(m[3] as string))
  }
  return cut
}
