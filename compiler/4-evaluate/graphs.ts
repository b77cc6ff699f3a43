// The result of the fourth phase: the graphs of two evaluations of a job.

import type { JobGraph } from '../../core/plan/graph.ts'

export interface Graphs {
  /** The graph that everything is made of. It holds the author's closures. */
  readonly graph: JobGraph
  /** What a second evaluation exported, to be compared with the first; null where it was no job. */
  readonly again: JobGraph | null
}
