// Divides partitions among workers.

/** A part of a partition that a run reads: from <= offset < to. */
export interface Task {
  readonly name: string
  readonly from: bigint
  readonly to: bigint
  /** About how many records they are. */
  readonly size: number
}

/** At most `workers` groups of about equal numbers of offsets, none of them empty; the largest comes first. */
export function divide(tasks: readonly Task[], workers: number): readonly (readonly Task[])[] {
  const groups = Array.from({ length: Math.max(1, workers) }, () => ({ size: 0, tasks: [] as Task[] }))
  for (const task of [...tasks].sort((a, b) => b.size - a.size)) {
    const least = groups.reduce((a, b) => (b.size < a.size ? b : a))
    least.tasks.push(task)
    least.size += task.size
  }
  return groups.filter(g => g.tasks.length > 0).map(g => g.tasks)
}
