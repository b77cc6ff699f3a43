// A plain record batch made part of a transaction: its producer, its place in the producer's sequence, and the bit that
// says so.
//
// Promises: the records are not touched. The bytes are changed in place; the checksum is right again afterwards.

import { writeCrc } from '../../record-batch/batch-builder.ts'
import { writeProducer } from '../../record-batch/batch-header.ts'
import type { ProducerIdentity } from '../calls/transaction-calls.ts'

export function makeTransactional(batch: Uint8Array, producer: ProducerIdentity, sequence: number): void {
  writeProducer(batch, { ...producer, sequence })
  writeCrc(batch)
}

/** Sequences go on from 0 behind the greatest one. */
export const nextSequence = (sequence: number, records: number): number => (sequence + records) % 2 ** 31
