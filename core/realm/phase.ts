// Whether the modules of a job are being loaded or its lambdas run.
//
// While modules are loaded the clock and randomness give fixed values, the same in every process and thread, and the
// rest of the host is absent; from then on they are closed, also where a module has kept them.

export interface Phase {
  /** Turns false once, when all modules have been evaluated. */
  loading: boolean
}

/** The present time while modules are loaded: 2000-01-01T00:00:00Z, in ms. */
export const LOAD_TIME = 946_684_800_000
