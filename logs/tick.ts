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
