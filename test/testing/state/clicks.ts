// A small job with everything that a verdict tells of: views with and without windows, late records, dead letters, an
// output, a changelog.

import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import type { Log } from '../../../logs/log.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { verifyState } from '../../../testing/equivalence/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'

/** Counts events by minute, by user and in all, and writes each one to a topic; each tenth event is a dead letter. */
export function clicks(): FunctionsModule {
  const plan = new PlanBuilder()
  const source = plan.source('clicks', { disorderMs: 5000 })
  const keyed = plan.keyBy(source, (v: { n: number }) => {
    if (v.n % 10 === 7) throw new Error('no sevens')
    return `u${v.n % 9}`
  })
  const perMinute = plan.bare(keyed, tumbling(60_000), { kind: 'count' })
  plan.view('perMinute', perMinute)
  plan.view('total', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  plan.output('copy', plan.to(keyed, 'copy', { partitions: 2, keyed: true }))
  plan.output('counts', plan.changes(perMinute, 'counts', { partitions: 2 }))
  return interpretedModule(plan.program('clicks'))
}

/** An event every ten seconds, each tenth of them late. */
export function appendClicks(log: MemoryLog, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const timestamp = 10_000 * (n % 10 === 5 ? n - 3 : n)
    log.append('clicks', 0, [{ timestamp, value: new TextEncoder().encode(JSON.stringify({ n })) }])
  }
}

export function clickLog(count: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('clicks', 1)
  appendClicks(log, 0, count)
  return log
}

/** A stream that is told what to do. */
export class Live {
  readonly stream: StreamRun
  readonly log: MemoryLog

  private constructor(stream: StreamRun, log: MemoryLog) {
    this.stream = stream
    this.log = log
  }

  static async open(functions: FunctionsModule, log: MemoryLog, state: string, out?: string): Promise<Live> {
    return new Live(await StreamRun.open({ functions, log, state, out }), log)
  }

  /** Reads what is there and commits. */
  async commit(): Promise<void> {
    await this.stream.run.refresh(true)
    for (const name of this.stream.partitions) await this.stream.advance(name, this.stream.end(name))
    await this.stream.commit()
  }

  async close(): Promise<void> {
    await this.stream.close()
  }
}

type Options = Parameters<typeof verifyState>[0]

export const verified = (functions: FunctionsModule, log: Log, state: string, more: Partial<Options> = {}) =>
  verifyState({ functions, log, state, recompute: 'again', workers: 1, arrivalMs: 0, ...more })
