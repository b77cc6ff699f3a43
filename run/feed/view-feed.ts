// Which rows of one view have changed in which commit, as far as its sink may need it: kept in the state itself.
//
// Promises: written in the transaction of the commit, so that it is never ahead of the rows or behind them. It has an
// entry for each commit since the last one that the sink is known to hold, that one included; an entry without the
// keys says that the sink cannot get past it by changes. A commit that was made without the feed breaks it.
// Not here: rows and sinks (`feeder.ts`).

import { invariant } from '../../core/errors.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import type { RowChange } from '../../core/state/rows.ts'
import { ByteReader, ByteWriter } from '../../core/values/bytes.ts'
import { decodeValue, encodeValue } from '../../core/values/canonical.ts'
import type { StateTransaction } from '../../store/store.ts'
import { feedTable } from './feeds.ts'
import { KeyList, keysIn } from './key-list.ts'
import { PIECE_BYTES, WAITING_BYTES } from './limits.ts'

/** What an entry says of its commit. */
export interface FeedEntry {
  readonly commit: number
  /** A random name of the run that made it. */
  readonly run: string
  /** Whether its changes are known. */
  readonly complete: boolean
  /** Bytes of the keys of rows that have changed. */
  readonly bytes: number
  /** How many rows of keys it has besides its head. */
  readonly pieces: number
}

export class ViewFeed {
  readonly #table: string
  /** By commit, in order. */
  #entries: FeedEntry[]
  /** Tables of entries that the state has and that are of no use any more. */
  #dropped: FeedEntry[] = []
  /** The last commit that the sink surely holds, or from which on it needs all entries. */
  #kept = 0
  /** Nothing is given up while a sink is filled: it needs what has changed meanwhile. */
  filling = false

  readonly #waitingBytes: number

  /** `last`: number of the state's last commit; `waitingBytes`: for tests. */
  constructor(state: StateAccess, view: string, last: number, waitingBytes = WAITING_BYTES) {
    this.#table = feedTable(view)
    this.#waitingBytes = waitingBytes
    const found = readEntries(state, view)
    // A run without this feed has committed since.
    if (found.at(-1)?.commit === last) this.#entries = found
    else [this.#entries, this.#dropped] = [[], found]
  }

  get last(): FeedEntry | undefined {
    return this.#entries.at(-1)
  }

  /** The entries behind a commit of a run; null where the feed does not lead on from it. */
  after(run: string, commit: number): readonly FeedEntry[] | null {
    const at = this.#entries.findIndex(entry => entry.commit === commit && entry.run === run)
    return at < 0 ? null : this.#entries.slice(at + 1)
  }

  /** Entries before this commit are not needed any more. */
  keepFrom(commit: number): void {
    this.#kept = commit
  }

  /** For the keys of the next commit. */
  newList(): KeyList {
    return new KeyList(this.filling ? Number.POSITIVE_INFINITY : this.#waitingBytes, PIECE_BYTES)
  }

  /** Bytes of keys that the sink has not got yet. */
  get #waiting(): number {
    return this.#entries.reduce((sum, { commit, bytes }) => (commit > this.#kept ? sum + bytes : sum), 0)
  }

  /** Writes the entry of a commit, and deletes what is not needed any more; returns what to call when it is made. */
  write(transaction: StateTransaction, { commit, run }: Pick<FeedEntry, 'commit' | 'run'>, keys: KeyList): () => void {
    if (!this.filling && this.#waiting + keys.bytes > this.#waitingBytes) keys.giveUp()
    const pieces = keys.pieces()
    const entry: FeedEntry = { commit, run, complete: keys.complete, bytes: keys.bytes, pieces: pieces.length }
    // What is behind a commit without keys is of no use before it.
    const isKept = (e: FeedEntry): boolean => entry.complete && e.commit >= this.#kept
    const dropped = [...this.#dropped, ...this.#entries.filter(e => !isKept(e))]
    const kept = this.#entries.filter(isKept)
    const changes: RowChange[] = dropped.flatMap(e => rowKeys(e).map((key): RowChange => [key, null]))
    const rows = [encodeHead(entry), ...pieces]
    for (const [i, key] of rowKeys(entry).entries()) changes.push([key, rows[i] as Uint8Array])
    invariant((this.last?.commit ?? 0) < commit, 'commits are numbered upwards')
    transaction.applyChanges(this.#table, changes)
    return () => {
      this.#entries = [...kept, entry]
      this.#dropped = []
    }
  }
}

/** The entries of a feed, by commit. */
function readEntries(state: StateAccess, view: string): FeedEntry[] {
  const entries: FeedEntry[] = []
  for (const [key, value] of state.range(feedTable(view))) {
    const reader = new ByteReader(key)
    const commit = decodeValue(reader) as number
    if (decodeValue(reader) === 0) entries.push({ commit, ...decodeHead(value) })
  }
  return entries
}

/** The entry of the last commit that has one. */
export const lastEntry = (state: StateAccess, view: string): FeedEntry | undefined => readEntries(state, view).at(-1)

/** The keys of the rows that a commit has changed, as the view stores them. */
export function* changedKeys(state: StateAccess, view: string, { commit }: FeedEntry): Generator<Uint8Array> {
  for (const [, piece] of state.range(feedTable(view), rowKey(commit, 1), rowKey(commit + 1, 0))) yield* keysIn(piece)
}

const rowKeys = ({ commit, pieces }: FeedEntry): Uint8Array[] =>
  Array.from({ length: pieces + 1 }, (_, i) => rowKey(commit, i))

function rowKey(commit: number, piece: number): Uint8Array {
  const w = new ByteWriter(20)
  encodeValue(w, commit)
  encodeValue(w, piece)
  return w.take()
}

type Head = Omit<FeedEntry, 'commit'>

function encodeHead({ run, complete, bytes, pieces }: FeedEntry): Uint8Array {
  const w = new ByteWriter(96)
  encodeValue(w, { run, complete, bytes, pieces })
  return w.take()
}

const decodeHead = (value: Uint8Array): Head => decodeValue(new ByteReader(value)) as unknown as Head
