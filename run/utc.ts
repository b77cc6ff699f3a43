// Imported first by every entry that runs lambdas: local time is UTC in this process (semantics.md 9.3).
//
// Promises: set in the main thread before any module of a job is evaluated; a worker's own environment would not do it.

process.env.TZ = 'UTC'
