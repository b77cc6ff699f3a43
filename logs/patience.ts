// How long a log that is reached over a network may be away, and who hears of it.
//
// Not here: what is tried again meanwhile (`kafka/persist.ts`).

/** Told while a log is away. */
export interface LogAway {
  /** The log and why it gives no answer. */
  readonly message: string
  /** ms since it was last there. */
  readonly forMs: number
}

export interface Patience {
  /** ms until the first answer; default 10 s. */
  readonly openMs?: number | undefined
  /** ms that a log which was there may be away; default 60 s, Infinity for a log that is followed. */
  readonly outageMs?: number | undefined
  /** Ends a wait: what is asked of the log then fails. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called while the log is away, at each try; with null once it is there again. `what`: something else than the log.
   */
  readonly onAway?: ((away: LogAway | null, what?: string) => void) | undefined
}
