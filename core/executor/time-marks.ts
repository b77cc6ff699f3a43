// Time marks: for each partition some offsets, each with the greatest event time `T` before it. By them what remains of
// a log whose beginning is gone can still be judged: which of its records are late, and where its watermark stands.
//
// Promises: at most MARKS_MAX a partition; the newest lies no further behind the position than a thirty-second part of
// what is marked, or one chunk. One document of the state, apart from the progress, since marks depend on where chunks
// end; it is written only where a mark has come. No part of any result.

import { ByteReader, ByteWriter } from '../values/bytes.ts'
import { decodeValue, encodeValue } from '../values/canonical.ts'

/** Name of the document. */
export const TIME_MARKS = 'time-marks'

/** An offset that a chunk ended at, and by source node `T` before it: -Infinity while there was no time. */
export interface TimeMark {
  readonly offset: bigint
  readonly times: Readonly<Record<string, number>>
}

const MARKS_MAX = 64
/** A new mark is this part of the marked range, or more, away from the last one. */
const MARKS_APART = 32n

type Document = Readonly<Record<string, readonly TimeMark[]>>

export class TimeMarks {
  readonly #byPartition = new Map<string, TimeMark[]>()
  /** True where the document is not what was last encoded or decoded. */
  changed = false

  /** In order of offsets. */
  of(partition: string): readonly TimeMark[] {
    return this.#byPartition.get(partition) ?? []
  }

  /** A partition was read up to an offset; `times` are asked for where a mark is due. */
  reached(partition: string, offset: bigint, times: () => TimeMark['times']): void {
    const marks = this.#byPartition.get(partition) ?? []
    const [first, last] = [marks[0], marks.at(-1)]
    if (first !== undefined && last !== undefined) {
      if (offset <= last.offset || (offset - last.offset) * MARKS_APART < offset - first.offset) return
    }
    marks.push({ offset, times: times() })
    this.#keep(partition, thinned(marks))
  }

  /** Forgets marks that no record stands behind any more. */
  dropBefore(partition: string, start: bigint): void {
    const marks = this.of(partition)
    if (marks.length < 2 || (marks[0] as TimeMark).offset >= start) return
    const kept = marks.filter(mark => mark.offset >= start)
    // The last one stays, so that the next marks are not taken for the first of a longer log.
    this.#keep(partition, kept.length === 0 ? marks.slice(-1) : kept)
  }

  /** Takes over what another reader has marked of a partition. */
  take(from: TimeMarks, partition: string): void {
    const last = this.of(partition).at(-1)?.offset ?? -1n
    const more = from.of(partition).filter(mark => mark.offset > last)
    if (more.length > 0) this.#keep(partition, thinned([...this.of(partition), ...more]))
  }

  encode(): Uint8Array {
    const document: Document = Object.fromEntries(this.#byPartition)
    const w = new ByteWriter()
    encodeValue(w, document)
    return w.take()
  }

  static decode(bytes: Uint8Array): TimeMarks {
    const marks = new TimeMarks()
    const document = decodeValue(new ByteReader(bytes)) as Document
    for (const [partition, list] of Object.entries(document)) marks.#byPartition.set(partition, [...list])
    return marks
  }

  #keep(partition: string, marks: TimeMark[]): void {
    this.#byPartition.set(partition, marks)
    this.changed = true
  }
}

/** Every second mark where there are too many; the first and the last one always. */
function thinned(marks: TimeMark[]): TimeMark[] {
  if (marks.length <= MARKS_MAX) return marks
  return thinned(marks.filter((_, i) => i % 2 === 0 || i === marks.length - 1))
}
