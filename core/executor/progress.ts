// How far an executor is: positions, event times per source and partition, watermarks, digests. One document of the
// state.
//
// Promises: watermarks follow from the log's event times alone (semantics.md 2.4); equal progress has equal bytes.

import type { Cut } from '../log/cut.ts'
import type { Floors } from '../log/floors.ts'
import type { LastRecord } from '../log/last-record.ts'
import type { Plan, SourceNode } from '../plan/plan.ts'
import { sourcesOf } from '../plan/plan-index.ts'
import { ByteReader, ByteWriter } from '../values/bytes.ts'
import { decodeValue, encodeValue } from '../values/canonical.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'
import { SourceProgress } from './source-progress.ts'
import { TimeMarks } from './time-marks.ts'

/** Name of the document that holds the encoded progress. */
export const PROGRESS = 'progress'

interface ProgressDocument {
  readonly cut: Readonly<Record<string, bigint>>
  readonly starts: Readonly<Record<string, bigint>>
  /** Absent in states from before it was kept. */
  readonly last?: Readonly<Record<string, LastRecord>>
  readonly topicIds: Readonly<Record<string, string>>
  /** By source and partition. Absent where there is none. */
  readonly floors?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly times: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly watermarks: Readonly<Record<string, number>>
  /** Digests by name. The field's name is part of the state's format. */
  readonly tallies: Readonly<Record<string, Uint8Array>>
  readonly sealed: boolean
  /** Rows that operators hold, by node. Older states lack it. */
  readonly held?: Readonly<Record<string, number>>
  /** Source node -> `topic/partition` -> the rest of its progress. Older states lack it. */
  readonly sources?: Readonly<Record<string, Readonly<Record<string, SourceDocument>>>>
}

interface SourceDocument {
  readonly ms: number
  readonly time: number
  readonly offset: bigint | null
  readonly late: number
  readonly letters: Readonly<Record<string, number>>
  /** Digest of letters since the last flush that no row lists; only between a worker and its coordinator. */
  readonly unlisted?: Uint8Array
}

export class Progress {
  /** `topic/partition` -> exclusive end offset of what has been read. */
  readonly cut = new Map<string, bigint>()
  /** `topic/partition` -> the first offset that was read: with the cut, the range that the state is computed from. */
  readonly starts = new Map<string, bigint>()
  /** `topic/partition` -> the last record read before the cut; none where nothing was read yet. */
  readonly last = new Map<string, LastRecord>()
  readonly topicIds = new Map<string, string>()
  /** A document of its own. */
  marks = new TimeMarks()
  readonly #floors = new Map<string, Map<string, number>>()
  /** Source node -> `topic/partition` -> T. */
  readonly #times = new Map<string, Map<string, SourceProgress>>()
  /** Watermark of each node at the last flush. */
  readonly watermarks = new Map<string, number>()
  readonly #digests = new Map<string, MultisetDigest>()
  /** Elements that each node holds after the last flush; null where the state does not say. */
  held: Map<string, number> | null = new Map()
  sealed = false

  sourcePartition(source: string, partition: string): SourceProgress {
    let byPartition = this.#times.get(source)
    if (byPartition === undefined) {
      byPartition = new Map()
      this.#times.set(source, byPartition)
    }
    let state = byPartition.get(partition)
    if (state === undefined) {
      state = new SourceProgress()
      byPartition.set(partition, state)
    }
    return state
  }

  /** Where partitions that were taken in at a watermark began. */
  get floors(): Floors {
    return this.#floors
  }

  /** Lets a partition, of which nothing has been read, begin at a T. */
  setFloor(source: string, partition: string, floor: number): void {
    const ofSource = this.#floors.get(source) ?? new Map<string, number>()
    this.#floors.set(source, ofSource.set(partition, floor))
    this.sourcePartition(source, partition).maxTime = floor
  }

  digest(name: string): MultisetDigest {
    let digest = this.#digests.get(name)
    if (digest === undefined) {
      digest = new MultisetDigest()
      this.#digests.set(name, digest)
    }
    return digest
  }

  digests(): ReadonlyMap<string, MultisetDigest> {
    return this.#digests
  }

  /**
   * Watermark of a source: the least `T - disorder` over its partitions in the cut; -Infinity while one has no record.
   */
  sourceWatermark(source: SourceNode): { watermark: number; heldBy: string | null } {
    let watermark = Number.POSITIVE_INFINITY
    let heldBy: string | null = null
    for (const partition of this.cut.keys()) {
      if (partition.slice(0, partition.lastIndexOf('/')) !== source.params.topic) continue
      const w = this.sourcePartition(source.id, partition).maxTime - source.params.disorderMs
      if (heldBy === null || w < watermark) {
        watermark = w
        heldBy = partition
      }
    }
    return heldBy === null ? { watermark: Number.NEGATIVE_INFINITY, heldBy } : { watermark, heldBy }
  }

  /** Watermark of any node: the least one of the sources that feed it. */
  nodeWatermark(plan: Plan, node: string): number {
    let watermark = Number.POSITIVE_INFINITY
    for (const source of sourcesOf(plan, node)) watermark = Math.min(watermark, this.sourceWatermark(source).watermark)
    return watermark
  }

  /** Moves the letters that no row lists into the digest of all. */
  takeUnlisted(into: MultisetDigest): void {
    for (const byPartition of this.#times.values()) {
      for (const at of byPartition.values()) {
        into.merge(at.unlisted)
        at.unlisted = new MultisetDigest()
      }
    }
  }

  /** How many dead letters no row lists, given how many of a source, partition and kind are listed. */
  unlisted(most: number): number {
    const parts = [...this.#times.values()].flatMap(byPartition => [...byPartition.values()])
    const counts = parts.flatMap(at => [...at.letters.values()])
    return counts.reduce((sum, count) => sum + Math.max(0, count - most), 0)
  }

  get cutNow(): Cut {
    return new Map(this.cut)
  }

  encode(): Uint8Array {
    const times: Record<string, Record<string, number>> = {}
    const sources: Record<string, Record<string, SourceDocument>> = {}
    for (const [source, byPartition] of this.#times) {
      times[source] = Object.fromEntries([...byPartition].map(([p, s]) => [p, s.maxTime]))
      sources[source] = Object.fromEntries([...byPartition].map(([p, s]) => [p, sourceDocument(s)]))
    }
    const floors = Object.fromEntries([...this.#floors].map(([source, of]) => [source, Object.fromEntries(of)]))
    const document: ProgressDocument = {
      cut: Object.fromEntries(this.cut),
      starts: Object.fromEntries(this.starts),
      last: Object.fromEntries(this.last),
      topicIds: Object.fromEntries(this.topicIds),
      ...(this.#floors.size === 0 ? {} : { floors }),
      times,
      watermarks: Object.fromEntries(this.watermarks),
      tallies: Object.fromEntries([...this.#digests].map(([name, t]) => [name, t.encode()])),
      sealed: this.sealed,
      sources,
      ...(this.held === null ? {} : { held: Object.fromEntries(this.held) }),
    }
    const w = new ByteWriter()
    encodeValue(w, document)
    return w.take()
  }

  static decode(bytes: Uint8Array): Progress {
    const document = decodeValue(new ByteReader(bytes)) as unknown as ProgressDocument
    const progress = new Progress()
    for (const [p, offset] of Object.entries(document.cut)) progress.cut.set(p, offset)
    for (const [p, offset] of Object.entries(document.starts)) progress.starts.set(p, offset)
    for (const [p, record] of Object.entries(document.last ?? {})) progress.last.set(p, record)
    for (const [topic, id] of Object.entries(document.topicIds)) progress.topicIds.set(topic, id)
    for (const [source, byPartition] of Object.entries(document.floors ?? {})) {
      for (const [p, floor] of Object.entries(byPartition)) progress.setFloor(source, p, floor)
    }
    for (const [source, byPartition] of Object.entries(document.times)) {
      for (const [p, maxTime] of Object.entries(byPartition)) {
        const at = progress.sourcePartition(source, p)
        at.maxTime = maxTime
        readSource(at, document.sources?.[source]?.[p])
      }
    }
    for (const [node, watermark] of Object.entries(document.watermarks)) progress.watermarks.set(node, watermark)
    for (const [name, digest] of Object.entries(document.tallies)) {
      progress.#digests.set(name, MultisetDigest.decode(digest))
    }
    progress.sealed = document.sealed
    progress.held = document.held === undefined ? null : new Map(Object.entries(document.held))
    return progress
  }
}

function sourceDocument(s: SourceProgress): SourceDocument {
  const { leap: ms, leapTime: time, leapOffset: offset, lateAfter: late, unlisted } = s
  const letters = Object.fromEntries(s.letters)
  return { ms, time, offset, late, letters, ...(unlisted.count === 0n ? {} : { unlisted: unlisted.encode() }) }
}

function readSource(at: SourceProgress, document: SourceDocument | undefined): void {
  // Where the state does not say, every further step counts.
  at.leap = document?.ms ?? (at.maxTime === Number.NEGATIVE_INFINITY ? -1 : 0)
  at.leapTime = document?.time ?? Number.NaN
  at.leapOffset = document?.offset ?? null
  at.lateAfter = document?.late ?? 0
  for (const [kind, count] of Object.entries(document?.letters ?? {})) at.letters.set(kind, count)
  if (document?.unlisted !== undefined) at.unlisted = MultisetDigest.decode(document.unlisted)
}
