// The monotone property (semantics.md 2.10): what was emitted at a cut is contained, unchanged, in what was emitted at
// a later one.

import type { JobResult, OutputRecord } from '../../core/result/result.ts'
import { bytesToHex } from '../../core/values/bytes.ts'

/** What the later result lacks of the earlier one, as text; null where it lacks nothing. */
export function lostOf(earlier: JobResult, later: JobResult): string | null {
  for (const texts of [lateTexts, deadTexts]) {
    const now = new Set(texts(later))
    const lost = texts(earlier).find(text => !now.has(text))
    if (lost !== undefined) return lost
  }
  for (const [name, partitions] of earlier.outputs) {
    for (const [index, records] of partitions.entries()) {
      const now = (later.outputs.get(name)?.[index] ?? []).map(recordText)
      const lost = records.map(recordText).find((text, i) => text !== now[i])
      if (lost !== undefined) return `outputs/${name}/${index}: ${lost}`
    }
  }
  for (const [node, watermark] of earlier.watermarks) {
    if (!((later.watermarks.get(node) ?? Number.NEGATIVE_INFINITY) >= watermark)) return `watermark of ${node}`
  }
  for (const [node, { count }] of earlier.emitted) {
    if (!((later.emitted.get(node)?.count ?? 0) >= count)) return `count of what ${node} has emitted`
  }
  return null
}

const recordText = (r: OutputRecord): string =>
  [
    r.timestamp,
    r.key === null ? 'null' : bytesToHex(r.key),
    bytesToHex(r.value),
    bytesToHex(r.headers[0]?.value as Uint8Array),
  ].join(' ')

const lateTexts = (r: JobResult): string[] =>
  r.late.map(l => `late ${l.source} ${l.topic}/${l.partition}:${l.offset} ${l.time}`)
const deadTexts = (r: JobResult): string[] =>
  r.dead.map(d => `dead ${d.node} ${bytesToHex(d.identity)} ${d.kind} ${d.path} ${d.reason}`)
