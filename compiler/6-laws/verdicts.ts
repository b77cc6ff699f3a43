// Where verdicts are kept, so that an aggregation that has not changed is not tested again.

import type { LawVerdict } from './verdict.ts'

export interface VerdictStore {
  /** The verdict kept under a hash; null where there is none. */
  read(hash: string): LawVerdict | null
  write(hash: string, verdict: LawVerdict): void
}

const KEPT = 500

/** Verdicts of this process. */
export function memoryVerdicts(): VerdictStore {
  const kept = new Map<string, LawVerdict>()
  return {
    read: hash => kept.get(hash) ?? null,
    write: (hash, verdict) => {
      kept.set(hash, verdict)
      for (const oldest of kept.keys()) if (kept.size > KEPT) kept.delete(oldest)
    },
  }
}
