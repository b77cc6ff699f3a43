// A stream over a topic whose broker removes what is older than some seconds, killed and restarted: in the end its
// result is that of an unbroken run over all records that were ever produced.
//
// `node scripts/campaigns/retention-campaign.mjs --seed 1 --duration 5m --retention 60s` runs it longer.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareResults } from '../../../core/result/compare-results.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { readWholeResult, verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { temporaryDirectory } from '../support/directories.ts'
import { noKafka, TestCluster } from './support/cluster.ts'
import { retentionCampaign } from './support/retention-campaign.ts'

const seed = Number(process.env.LYREBIRD_SEED ?? 1)
const durationMs = Number(process.env.LYREBIRD_DURATION_MS ?? 45_000)
const retentionMs = Number(process.env.LYREBIRD_RETENTION_MS ?? 15_000)
const JOB = 'traffic'

test.skipIf(noKafka)(
  `survives retention of ${retentionMs} ms for ${durationMs} ms, seed ${seed}`,
  { timeout: durationMs + 240_000 },
  async context => {
    const properties = { 'log.retention.check.interval.ms': '300', 'log.initial.task.delay.ms': '100' }
    const cluster = await TestCluster.start({ properties })
    context.onTestFinished(() => cluster.end())
    const state = join(temporaryDirectory(), 'state')
    const topic = { topic: 'a', partitions: 2 }
    const survived = await retentionCampaign(cluster, { seed, durationMs, retentionMs, ...topic, job: JOB, state })
    const { produced, lives, kills, afterRetention, tooSlow } = survived
    if (tooSlow) {
      process.stderr.write(`RETENTION CAMPAIGN SKIPPED: this machine read slower than ${retentionMs} ms of retention\n`)
      return
    }
    const functions = interpretedModule((JOBS[JOB] as (typeof JOBS)[string]).build())
    const log = await cluster.log()
    await runStream({ functions, log, state, until: 'end' })
    const ranges = await log.partitions('a')
    const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed })

    const all = new MemoryLog()
    all.createTopic('a', produced.length)
    for (const [partition, records] of produced.entries()) all.append('a', partition, records)
    const whole = join(temporaryDirectory(), 'whole')
    const { records } = await runBatch({ functions, log: all, state: whole })
    const [expected, actual] = [whole, state].map(dir => readWholeResult(dir, defaultOut(dir), functions.plan))
    expect(compareResults((await expected) as never, (await actual) as never)).toBeNull()
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    const gone = ranges.map(({ start, end }) => `${start} of ${end}`).join(', ')
    console.log(
      `${lives} lives, ${kills} kills, ${afterRetention} starts past what was removed; gone: ${gone}; ${records} records`,
    )
    console.log(verdictLines(verdict).slice(-12).join('\n'))
    expect(afterRetention).toBeGreaterThan(0)
    expect(kills).toBeGreaterThan(0)
  },
)
