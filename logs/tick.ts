// What a tick is that people ask for, and where it went.

export interface Tick {
  readonly topic: string
  /** Null for every partition. */
  readonly partition: number | null
  /** ms since 1970. */
  readonly time: number
  /** The time is that of the clock. */
  readonly isNow: boolean
}

export interface WrittenTick {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly time: number
}

/** A tick for a partition that nothing is appended to. */
export interface IdleTick {
  readonly topic: string
  readonly partition: number
  /** ms since 1970. */
  readonly time: number
  /** Where the partition was seen to end. */
  readonly end: bigint
  /** Whether a log that stamps records with its own clock may give the tick its present time. */
  readonly stampable: boolean
}

export interface TickWriter {
  /** The offset of the tick; null where the partition does not end at `end` any more: nothing is written then. */
  write(tick: IdleTick): Promise<bigint | null>
  /** Ends what waits for brokers. */
  close(): Promise<void>
}
