// The memory that the sorters of a run share: one that holds much has what the others leave.

export class SortingMemory {
  readonly #bytes: number
  readonly #share: number
  #used = 0

  /** `bytes` for all sorters; `share`: what each may have in any case. */
  constructor(bytes: number, share = bytes) {
    this.#bytes = bytes
    this.#share = share
  }

  /** Bytes that a sorter may have which has `own` of those in use. */
  mayHold(own: number): number {
    return Math.max(this.#share, this.#bytes - (this.#used - own))
  }

  /** A sorter has other bytes in use than before. */
  changed(from: number, to: number): void {
    this.#used += to - from
  }
}
