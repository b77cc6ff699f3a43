// A server of topics with transactions, in memory: what Kafka is to a transactional sink, as far as the protocol of
// sinks needs.
//
// Promises: a record's offset is known when its transaction has ended, and not before; each end of a transaction takes
// an offset in every partition that it wrote to, so offsets have gaps; readers see committed transactions alone. A
// fault that a test sets makes the next end fail before or after it took effect; the caller cannot distinguish the two.

export interface ServedRecord {
  readonly offset: bigint
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** The control record of a writer's last committed transaction. */
export interface ControlRecord {
  readonly epoch: number
  readonly commit: number
  /** By topic and partition number. */
  readonly records: ReadonlyMap<string, readonly bigint[]>
}

export type EndFault = 'lost request' | 'lost answer'

export class ServerFault extends Error {}

export class FakeServer {
  readonly #partitions = new Map<string, ServedRecord[]>()
  readonly #next = new Map<string, bigint>()
  readonly #control = new Map<string, ControlRecord>()
  /** Fails the next end of a transaction. */
  fault: EndFault | null = null
  transactions = 0

  begin(writer: string): Transaction {
    return new Transaction((records, control) => this.#end(writer, records, control))
  }

  control(writer: string): ControlRecord | null {
    return this.#control.get(writer) ?? null
  }

  /** The committed records of a partition, in order. */
  read(topic: string, partition: number): readonly ServedRecord[] {
    return this.#partitions.get(`${topic}/${partition}`) ?? []
  }

  #end(writer: string, records: Transaction['records'], control: ControlRecord): void {
    const { fault } = this
    this.fault = null
    if (fault === 'lost request') throw new ServerFault('no answer')
    for (const [name, list] of records) {
      let offset = this.#next.get(name) ?? 0n
      const partition = this.#partitions.get(name) ?? []
      this.#partitions.set(name, partition)
      for (const record of list) partition.push({ ...record, offset: offset++ })
      this.#next.set(name, offset + 1n) // the marker of the end
    }
    this.#control.set(writer, control)
    this.transactions++
    if (fault === 'lost answer') throw new ServerFault('no answer')
  }
}

export class Transaction {
  readonly records = new Map<string, Omit<ServedRecord, 'offset'>[]>()
  readonly #end: (records: Transaction['records'], control: ControlRecord) => void

  constructor(end: (records: Transaction['records'], control: ControlRecord) => void) {
    this.#end = end
  }

  add(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    const name = `${topic}/${partition}`
    const list = this.records.get(name) ?? []
    this.records.set(name, list)
    list.push({ key, value })
  }

  end(control: ControlRecord): void {
    this.#end(this.records, control)
  }
}
