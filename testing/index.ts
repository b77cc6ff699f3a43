// The test kit for authors of jobs: the public entry `lyrebird/testing`. Works inside vitest and any other runner.
//
// Promises: a test sends records and looks at the whole result; `toAgree` shows that batch and stream give the same. No
// runner is imported: a failure is a thrown error.

import type { Job } from '../dsl/job.ts'
import { openLog } from '../logs/index.ts'
import { JobTest } from './job-test.ts'
import { loadJob } from './load-job.ts'
import { TestLog } from './test-log.ts'

export type {
  DeadLetterJson as DeadLetterRow,
  LateJson as LateRecordRow,
  RecordJson as OutputRow,
  RowJson as Row,
} from '../core/result/result-json.ts'
export type { Agreement, AgreeOptions } from './agree.ts'
export type { JobTest, ResultOptions, SendOptions } from './job-test.ts'

export interface TestOptions {
  /** A log to begin with: a directory, whose records of the job's topics are copied. */
  readonly log?: string
}

/**
 * A test of a job, given by the path of its file (from the working directory) or as a value.
 *
 *     const t = await testJob('jobs/page-views.ts')
 *     t.send('page-views', { at: '2026-01-01T10:00:00Z', user: 'u1', page: '/', country: 'KR', bytes: 10 })
 *     expect(t.view('traffic')).toEqual([...])
 *     await t.toAgree({ interleavings: 100, restarts: 20 })
 *
 * A file is compiled: its diagnostics are thrown, its declared types are validated, and `toAgree` runs both executors.
 * A value is run by the reference as it is: quicker, with typed rows, but records are not checked against the declared
 * type. For typed rows of a file, name its type: `testJob<typeof job>('jobs/page-views.ts')`.
 */
export async function testJob<J extends Job = Job>(
  job: J | string | URL,
  options: TestOptions = {},
): Promise<JobTest<J>> {
  const { program, compiled } = await loadJob(job)
  const topics = program.plan.nodes.flatMap(node => (node.kind === 'source' ? [node.params.topic] : []))
  const log = new TestLog([...new Set(topics)].sort())
  if (options.log !== undefined) {
    const opened = await openLog(options.log)
    try {
      await log.load(opened)
    } finally {
      await opened.close()
    }
  }
  return new JobTest<J>(program, log, compiled)
}
