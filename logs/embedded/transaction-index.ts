// Transactions of a partition, found by the control batches in its segments.
//
// Promises: knows which transactions were aborted, from which offset to which, and the last stable offset: where the
// first transaction that is still open begins, since its records may yet be aborted.

import type { AbortedTransaction } from '../record-batch/aborted-transactions.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { type BatchHeader, lastOffsetOf } from '../record-batch/batch-header.ts'
import { isAbortMarker, isCommitMarker } from '../record-batch/control-batch.ts'
import { MalformedBytes } from '../record-batch/varint-reader.ts'

interface EndedTransaction extends AbortedTransaction {
  readonly lastOffset: bigint
}

export class TransactionIndex {
  /** First offset of the open transaction of each producer. */
  readonly #open = new Map<bigint, bigint>()
  readonly #aborted: EndedTransaction[] = []

  /** Adds the next batch, which is whole in `bytes`. Throws `bad-batch`. */
  add(bytes: Uint8Array, header: BatchHeader, place: Place): void {
    if (!header.transactional) return
    const { producerId, baseOffset } = header
    if (!header.control) {
      if (!this.#open.has(producerId)) this.#open.set(producerId, baseOffset)
      return
    }
    try {
      const firstOffset = this.#open.get(producerId)
      if (isAbortMarker(bytes, header) && firstOffset !== undefined) {
        this.#aborted.push({ producerId, firstOffset, lastOffset: lastOffsetOf(header) })
        this.#open.delete(producerId)
      } else if (isCommitMarker(bytes, header)) this.#open.delete(producerId)
    } catch (e) {
      if (!(e instanceof MalformedBytes)) throw e
      throw batchFailure('bad-batch', place, { from: baseOffset }, e.message, e)
    }
  }

  /** Aborted transactions that end at or past an offset. */
  abortedFrom(from: bigint): readonly AbortedTransaction[] {
    return this.#aborted.filter(transaction => transaction.lastOffset >= from)
  }

  stableEnd(end: bigint): bigint {
    let stable = end
    for (const first of this.#open.values()) if (first < stable) stable = first
    return stable
  }
}
