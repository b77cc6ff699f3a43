// Which batches belong to aborted transactions (KIP-98; the order of the list is never trusted).
//
// Promises: right for transactions that overlap, for several aborted ones of a producer, and for reads that begin
// inside one.
// Brokers list aborted transactions in the order of their markers; a transaction begins to count at the first batch
// that reaches its first offset and ends at the abort marker of its own producer. Control batches are recognised by
// their attribute, never by a record's key.

import { type BatchHeader, lastOffsetOf } from './batch-header.ts'

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** For one read in offset order; a Fetch answer has its own list, so it gets its own filter. */
export class AbortedFilter {
  readonly #waiting: AbortedTransaction[]
  readonly #open = new Set<bigint>()

  constructor(transactions: readonly AbortedTransaction[] = []) {
    this.#waiting = [...transactions].sort(byFirstOffsetDown)
  }

  /** True where the data batch belongs to an aborted transaction. Call once for each batch, in offset order. */
  drops(header: BatchHeader): boolean {
    this.#admit(lastOffsetOf(header))
    return header.transactional && this.#open.has(header.producerId)
  }

  /** For an abort marker: the producer's later records belong to another transaction. */
  aborted(header: BatchHeader): void {
    this.#admit(lastOffsetOf(header))
    this.#open.delete(header.producerId)
  }

  #admit(lastOffset: bigint): void {
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (next.firstOffset > lastOffset) return
      this.#open.add(next.producerId)
      this.#waiting.pop()
    }
  }
}

function byFirstOffsetDown(a: AbortedTransaction, b: AbortedTransaction): number {
  return a.firstOffset < b.firstOffset ? 1 : a.firstOffset > b.firstOffset ? -1 : 0
}
