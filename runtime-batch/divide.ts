// Divides partitions among workers.

/** A part of a partition that a run reads: from <= offset < to. */
export interface Task {
  readonly name: string
  readonly from: bigint
  readonly to: bigint
}

/** At most `workers` groups of about equal numbers of offsets, none of them empty; the largest comes first. */
export function divide(tasks: readonly Task[], workers: number): readonly (readonly Task[])[] {
  const groups = Array.from({ length: Math.max(1, workers) }, () => ({ size: 0n, tasks: [] as Task[] }))
  const size = (task: Task): bigint => task.to - task.from
  for (const task of [...tasks].sort((a, b) => (size(a) > size(b) ? -1 : 1))) {
    const least = groups.reduce((a, b) => (b.size < a.size ? b : a))
    least.tasks.push(task)
    least.size += size(task)
  }
  return groups.filter(g => g.tasks.length > 0).map(g => g.tasks)
}
