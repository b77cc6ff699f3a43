// Types of large-job.mjs, for the tests.

export function largeJob(nodes: number, from: string): string
