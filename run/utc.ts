// Sets local time to UTC in this process (semantics.md 9.3). Every entry that runs lambdas imports it first.
//
// Promises: set in the main thread before any module of a job is evaluated; setting a worker's own environment has no
// effect.

process.env.TZ = 'UTC'
