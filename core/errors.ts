// Typed failures: each has a stable code word and an exit code of the command line, and says where it happened and what
// to type next.
//
// Promises: everything that ends a run is a LyrebirdError; anything else that escapes is our bug (exit 70).
// Not here: diagnostics about the author's code, which are collected and not thrown (`compiler/messages`).

/** Exit codes of the command line (docs/cli.md). */
export const EXIT = {
  ok: 0,
  jobFailed: 1,
  usage: 2,
  check: 3,
  broker: 4,
  dataLoss: 5,
  state: 6,
  notEquivalent: 7,
  bug: 70,
} as const

/** Every code word of a run-time failure with its exit code. One table, so that no failure lacks an exit code. */
export const FAILURES = {
  // usage
  usage: EXIT.usage,
  'engine-flag': EXIT.usage, // a flag of Node stands in the way
  'unknown-topic': EXIT.usage,
  'unknown-view': EXIT.usage,
  'malformed-cut': EXIT.usage,
  'incomplete-cut': EXIT.usage,
  'bad-name': EXIT.usage,
  'partition-count': EXIT.usage,
  'not-appendable': EXIT.usage,
  'log-lacks': EXIT.usage, // the log has no key, header, timestamp that the job needs
  // the job
  'job-failed': EXIT.jobFailed,
  'disk-full': EXIT.jobFailed,
  'group-too-big': EXIT.jobFailed, // what an aggregation keeps for one key
  'disk-failed': EXIT.jobFailed,
  'system-limit': EXIT.jobFailed, // open files, address space
  'check-failed': EXIT.check,
  'output-unsupported': EXIT.check,
  // the broker
  'broker-unreachable': EXIT.broker,
  'broker-auth': EXIT.broker,
  'broker-error': EXIT.broker,
  // the system that takes rows
  'sink-away': EXIT.broker,
  'sink-auth': EXIT.broker,
  'sink-refused': EXIT.check, // not as it must be: columns, rights
  'sink-failed': EXIT.broker,
  // the schema registry
  'registry-unreachable': EXIT.broker,
  'registry-auth': EXIT.broker,
  'registry-error': EXIT.broker,
  'schema-refused': EXIT.broker,
  'schema-differs': EXIT.check,
  // the log
  'log-gap': EXIT.dataLoss,
  'log-overlap': EXIT.dataLoss,
  'bad-crc': EXIT.dataLoss,
  'bad-batch': EXIT.dataLoss,
  truncated: EXIT.dataLoss,
  'input-changed': EXIT.dataLoss,
  'range-lost': EXIT.dataLoss,
  'log-rewritten': EXIT.dataLoss, // another record stands where the state has read one
  'topic-recreated': EXIT.dataLoss,
  'partition-added': EXIT.dataLoss,
  'unknown-codec': EXIT.dataLoss,
  'too-big': EXIT.dataLoss,
  // the state
  'state-locked': EXIT.state,
  'process-number-taken': EXIT.state, // by a process of another container, in lmdb's table
  'state-missing': EXIT.state,
  'state-sealed': EXIT.state,
  'state-past-until': EXIT.state,
  'state-incompatible': EXIT.state,
  'state-too-new': EXIT.state,
  'state-corrupt': EXIT.state,
  'stale-owner': EXIT.state,
  'topic-owned': EXIT.state,
  'output-changed': EXIT.state, // an edited output goes to the topic of the old one
  'log-locked': EXIT.state,
  'sink-owned': EXIT.state, // rows of another state, or of somebody else
  'artefact-incompatible': EXIT.state,
  'artefact-damaged': EXIT.state,
  // the proof
  'not-equivalent': EXIT.notEquivalent,
} as const

export type FailureCode = keyof typeof FAILURES

/** A typed failure. `message` says what and where; `hint` says what to type next; `where` is machine readable. */
export class LyrebirdError extends Error {
  readonly code: FailureCode
  readonly where: Readonly<Record<string, string | number | undefined>>
  readonly hint: string | undefined

  constructor(
    code: FailureCode,
    message: string,
    options: { where?: Record<string, string | number | undefined>; hint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'LyrebirdError'
    this.code = code
    this.where = Object.freeze({ ...options.where })
    this.hint = options.hint
  }

  get exitCode(): number {
    return FAILURES[this.code]
  }
}

/** True for our typed failures, also across bundles (an emitted module carries its own copy of this class). */
export function isLyrebirdError(e: unknown): e is LyrebirdError {
  return e instanceof Error && e.name === 'LyrebirdError' && typeof (e as { code?: unknown }).code === 'string'
}

/** Throws what is not the fault of one element or row: it must end the run and not become a dead letter. */
export function mustNotEndRun(node: string, error: unknown, site?: string): void {
  if (isLyrebirdError(error)) throw error
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    throw new LyrebirdError('job-failed', `a lambda of ${node} ran out of stack`, {
      where: { node, site },
      hint: 'how deep the stack is depends on the machine, so this cannot be a dead letter: make the lambda iterate',
      cause: error,
    })
  }
}

/** For display only. What was thrown may be anything, even an object whose text cannot be had. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error)
  } catch {
    return 'something without a text'
  }
}

/** For bugs of ours only: ends in exit code 70. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`lyrebird invariant broken: ${message}`)
}
