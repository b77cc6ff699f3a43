// The reporter behind emitted code: late records and dead letters as rows, identities, second arguments.
//
// Promises: late records and dead letters are kept until the executor takes them at a flush; failures that are not the
// record's fault (a log that lacks what a lambda reads, a forbidden call) end the run and make no dead letter.

import type { Position } from '../aggregations/columns/column.ts'
import type { Decoder } from '../decode/decoder.ts'
import { messageOf, mustNotEndRun } from '../errors.ts'
import { type Chunk, IDENTITY_HEADER, offsetAt } from '../log/chunk.ts'
import type { DeadLetter } from '../result/dead-letter.ts'
import { ahead, badTime, badValue, decodeFailed, noTimestamp, threw } from '../result/dead-letter.ts'
import { LISTED_LETTERS } from '../result/listed-letters.ts'
import type { RowSorter } from '../state/environment.ts'
import { PendingRows } from '../state/pending-rows.ts'
import { encodeDead, encodeLate, type LateRow } from '../state/row-codec.ts'
import { childIdentity, recordIdentities } from '../values/identity.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'
import { FAIL, type Lineage, LineagePath, type Reporter } from './emitted-module.ts'
import { derivedRecord, eventRecord, timestampAt } from './event-record.ts'
import { UnlistedLetters } from './unlisted-letters.ts'

/** In place of the identity of a letter that `#keepOfSource` is given: most need none. */
const LATER = new Uint8Array(0)

/**
 * Stack traces are mapped to the author's file for this many dead letters of a node; later ones show the lambda's own
 * place.
 */
const SITES_PER_NODE = 200

/** The letters that a source has made of the records of a partition. */
interface SourceLetters {
  /** Counts a letter; true where it is to be listed. */
  lists(kind: string, most: number): boolean
  readonly unlisted: MultisetDigest
}

interface RecorderOptions {
  /** Letters of one source, partition and kind that are listed. Default LISTED_LETTERS. */
  readonly listedLetters?: number | undefined
  readonly newSorter: () => RowSorter
  /** Whether nobody wants what happens at a node: no late record or dead letter of it is kept. */
  readonly ignores?: ((node: string) => boolean) | undefined
  readonly decoders: ReadonlyMap<string, Decoder>
  /** Finds `path:line:column` of the author's code in a thrown error. */
  readonly siteOf: (error: unknown) => string | undefined
  /** `path:line:column` of a node's lambda, for display. */
  readonly placeOf: (node: string, field: string | undefined) => string | undefined
}

export class Recorder implements Reporter {
  readonly #options: RecorderOptions
  #chunk: Chunk | null = null
  /** Of the present chunk's partition; null until one is needed. */
  #identities: ((offset: bigint) => Uint8Array) | null = null
  #source: SourceLetters | null = null
  #mapped = new Map<string, number>()
  /** Indices of the present chunk's late records of the present source, ascending. */
  lateOfChunk: number[] = []
  readonly lateRows: PendingRows
  readonly deadRows: PendingRows
  readonly #unlisted = new UnlistedLetters()

  constructor(options: RecorderOptions) {
    this.#options = options
    this.lateRows = new PendingRows(options.newSorter)
    this.deadRows = new PendingRows(options.newSorter)
  }

  /** `source`: what the source node that runs next knows of the partition. */
  enter(chunk: Chunk, source: SourceLetters | null = null): void {
    if (chunk.topic !== this.#chunk?.topic || chunk.partition !== this.#chunk.partition) this.#identities = null
    this.#chunk = chunk
    this.#source = source
    this.lateOfChunk = []
  }

  get carriesKeys(): boolean {
    return (this.#chunk as Chunk).keyStart !== null
  }

  /** Where record i lies in its topic. */
  position(i: number): Position {
    const chunk = this.#chunk as Chunk
    return { partition: chunk.partition, offset: offsetAt(chunk, i) }
  }

  decodeSlow(node: string, i: number): unknown {
    const chunk = this.#chunk as Chunk
    const start = chunk.valueStart[i] as number
    const bytes = start < 0 ? null : chunk.bytes.subarray(start, chunk.valueEnd[i])
    const decoded = (this.#options.decoders.get(node) as Decoder)(bytes, chunk.layout)
    if (decoded.ok) return decoded.value
    const { path, reason, thrown, detail } = decoded
    const display =
      thrown === undefined
        ? { message: detail }
        : { message: messageOf(thrown.error), site: this.#siteOf(node, thrown.error, undefined) }
    this.#keepOfSource(i, decodeFailed(node, LATER, path, reason, display))
    return FAIL
  }

  badTime(node: string, i: number, value: unknown): void {
    this.#keepOfSource(i, badTime(node, LATER, value))
  }

  noTimestamp(node: string, i: number): void {
    this.#keepOfSource(i, noTimestamp(node, LATER))
  }

  ahead(node: string, i: number): void {
    if (Number.isNaN(timestampAt(this.#chunk as Chunk, i))) this.noTimestamp(node, i)
    else this.#keepOfSource(i, ahead(node, LATER))
  }

  late(node: string, i: number, time: number): void {
    const chunk = this.#chunk as Chunk
    const row: LateRow = {
      source: node,
      topic: chunk.topic,
      partition: chunk.partition,
      offset: offsetAt(chunk, i),
      time,
    }
    const { key, value } = encodeLate(row)
    if (this.#options.ignores?.(node) !== true) this.lateRows.add(key, value)
    this.lateOfChunk.push(i)
  }

  threw(node: string, lineage: Lineage, error: unknown, field?: string): void {
    if (this.#options.ignores?.(node) === true) return
    mustNotEndRun(node, error, this.#options.placeOf(node, field))
    const display = { message: messageOf(error), site: this.#siteOf(node, error, field) }
    this.#keepAt(node, lineage, threw(node, this.identity(lineage), display, field))
  }

  /** A closed row whose table lambda threw (`thrown`), or gave what it must not: it is not emitted. */
  rowThrew(node: string, identity: Uint8Array, reason: string, thrown: unknown): void {
    if (this.#options.ignores?.(node) === true) return
    const site = this.#siteOf(node, thrown, undefined)
    const display = thrown === undefined ? { site } : { message: messageOf(thrown), site }
    this.#keep({ node, identity, kind: 'throw', reason, display })
  }

  badValue(node: string, lineage: Lineage, reason: string, field?: string): void {
    if (this.#options.ignores?.(node) === true) return
    const display = { site: this.#options.placeOf(node, field) }
    this.#keepAt(node, lineage, badValue(node, this.identity(lineage), reason, display, field))
  }

  /** Identity bytes of a lineage: position (or the identity header of a record that an output wrote), then the path. */
  identity(lineage: Lineage): Uint8Array {
    if (typeof lineage === 'number') return this.#recordIdentity(lineage)
    if (lineage instanceof LineagePath) return childIdentity(this.identity(lineage.parent), lineage.index)
    return lineage
  }

  record(lineage: Lineage, time: number, key: unknown, keyed: boolean): unknown {
    let root = lineage
    while (root instanceof LineagePath) root = root.parent
    return typeof root === 'number'
      ? eventRecord(this.#chunk as Chunk, root, time, key, keyed)
      : derivedRecord(time, key)
  }

  sourceRecord(i: number): unknown {
    return eventRecord(this.#chunk as Chunk, i, undefined, null, false)
  }

  #recordIdentity(i: number): Uint8Array {
    const chunk = this.#chunk as Chunk
    const given = this.#identityHeader(i)
    if (given !== null) return given
    this.#identities ??= recordIdentities(chunk.topic, chunk.partition)
    return this.#identities(offsetAt(chunk, i))
  }

  #identityHeader(i: number): Uint8Array | null {
    const chunk = this.#chunk as Chunk
    if (chunk.timestamps === null) return null
    return chunk.headers(i).find(h => h.key === IDENTITY_HEADER)?.value ?? null
  }

  #siteOf(node: string, error: unknown, field: string | undefined): string | undefined {
    const mapped = this.#mapped.get(node) ?? 0
    if (mapped >= SITES_PER_NODE) return this.#options.placeOf(node, field)
    this.#mapped.set(node, mapped + 1)
    return this.#options.siteOf(error) ?? this.#options.placeOf(node, field)
  }

  #keepAt(node: string, lineage: Lineage, letter: DeadLetter): void {
    if (typeof lineage === 'number' && this.#options.decoders.has(node)) this.#keepOfSource(lineage, letter)
    else this.#keep(letter)
  }

  /**
   * A letter that a source makes of record i, whose identity it gets. Not all of them are listed, but one whose
   * identity another job gave may come again.
   */
  #keepOfSource(i: number, letter: DeadLetter): void {
    if (this.#options.ignores?.(letter.node) === true) return
    const source = this.#source
    const most = this.#options.listedLetters ?? LISTED_LETTERS
    if (source === null || this.#identityHeader(i) !== null || source.lists(letter.kind, most))
      return this.#keep({ ...letter, identity: this.identity(i) })
    const chunk = this.#chunk as Chunk
    this.#unlisted.add(source.unlisted, letter, chunk.topic, chunk.partition, offsetAt(chunk, i))
  }

  #keep(letter: DeadLetter): void {
    const { key, value } = encodeDead(letter)
    this.deadRows.add(key, value)
  }
}
