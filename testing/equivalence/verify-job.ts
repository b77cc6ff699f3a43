// Verifies that batch, the stream under many schedules, and the reference give the same bytes at one cut.
//
// Promises: compares everything of core/result/result.ts, read back from the disk; stops at the first difference and
// shows how to reproduce it; leaves no files behind.
// Not here: the exit code 7 (`cli`).

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { type Cut, sortedCut } from '../../core/log/cut.ts'
import { type Floors, NO_FLOORS } from '../../core/log/floors.ts'
import { type InputPartition, reference } from '../../core/reference/reference.ts'
import { compareResults, type Difference } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import { openLog } from '../../logs/index.ts'
import type { Log } from '../../logs/log.ts'
import { now } from '../../run/clock.ts'
import { checkKnown, withoutBare } from '../../run/reading/admission.ts'
import { checkAbilities, type Ranges, rangesNow, topicIdsNow } from '../../run/reading/bind-log.ts'
import { compactedTables } from '../../run/reading/compacted-tables.ts'
import { checkLastRecords } from '../../run/reading/last-records.ts'
import { checkComplete, checkNames, type Until } from '../../run/reading/until.ts'
import { defaultOut, writtenTo } from '../../run/state/folders.ts'
import { checkPlan } from '../../run/state/open-state.ts'
import { readJobDocument, readPlan, readProgress } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { openStateReader } from '../../store/index.ts'
import { changeableNotes, changeableParts, unchangeable } from './compacted-state.ts'
import { Comparable } from './comparable.ts'
import { runInterleaving } from './interleaving.ts'
import { partialVerdict } from './partial-verdict.ts'
import { readInput } from './read-input.ts'
import { readWholeResult } from './read-result.ts'
import { type Remaining, remainingOf, seeded } from './remaining.ts'
import { type FoundDifference, type PartialVerdict, resultDigests, type Verdict, type VerifiedSide } from './verdict.ts'

interface VerifyOptions {
  readonly functions: FunctionsModule
  readonly functionsUrl?: string | undefined
  readonly log: string | Log
  readonly until?: Until | undefined
  readonly final?: boolean | undefined
  /** A state to verify too: its own cut is then computed from the log, and `until` and `final` are ignored. */
  readonly state?: string | undefined
  /** Where that state's outputs are; default `STATE/out`. */
  readonly out?: string | undefined
  /** Schedules of the stream. Default 10. */
  readonly interleavings?: number | undefined
  /** Seed of the first schedule; the others count on from it. Default: random. */
  readonly seed?: number | undefined
  /** No schedule begins after so many ms; at least one is run. Default 60,000. */
  readonly budgetMs?: number | undefined
  /** Numbers of workers to run batch with. Default 1 and 2. */
  readonly workers?: readonly number[] | undefined
  readonly workerEntry?: URL | undefined
  /** The command to show for a replay; ` --interleavings 1 --seed N` is appended. */
  readonly command?: string | undefined
  /** Called with its name before each computation. */
  readonly onStep?: ((name: string) => void) | undefined
}

/** Throws the typed errors of a run; a difference is no error but a verdict. */
export async function verifyJob(options: VerifyOptions): Promise<Verdict> {
  const log = typeof options.log === 'string' ? await openLog(options.log) : options.log
  const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-verify-'))
  try {
    return await new Verification(options, log, scratch).run()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    if (typeof options.log === 'string') await log.close()
  }
}

interface Target {
  readonly cut: Cut
  readonly final: boolean
  /** Where each partition is read from. */
  readonly from: Cut
  /** Of a state: the partitions that it has taken in at a watermark. */
  readonly floors: Floors
  /** What is left of what the state was computed from; null where nothing is gone. */
  readonly remaining: Remaining | null
}

class Verification {
  readonly #options: VerifyOptions
  readonly #log: Log
  readonly #scratch: string
  readonly #seed: number
  readonly #sides: VerifiedSide[] = []
  readonly #notes: string[] = []
  #expected: JobResult | null = null
  #difference: FoundDifference | null = null
  #partial: PartialVerdict | null = null
  #stopped: string | null = null
  #count = { folders: 0, interleavings: 0, commits: 0, restarts: 0, records: 0 }

  constructor(options: VerifyOptions, log: Log, scratch: string) {
    this.#options = options
    this.#log = log
    this.#scratch = scratch
    this.#seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  }

  async run(): Promise<Verdict> {
    const target = await this.#target()
    const input = await this.#reference(target)
    await this.#state(target, input)
    for (const workers of this.#options.workers ?? [1, 2]) {
      if (this.#difference === null) await this.#batch(target, workers)
    }
    await this.#streams(target)
    return this.#verdict(target)
  }

  /** What to compute: the cut of a state, or that of the options. */
  async #target(): Promise<Target> {
    const { functions, state, until = 'end', final = false } = this.#options
    const { plan } = functions
    await checkAbilities(this.#log, plan)
    const ranges = await rangesNow(this.#log, plan)
    if (state !== undefined) return this.#targetOfState(state, ranges)
    const from = new Map([...ranges].map(([name, { start }]) => [name, start]))
    if (until === 'end') {
      return {
        cut: new Map([...ranges].map(([name, { end }]) => [name, end])),
        final,
        from,
        floors: NO_FLOORS,
        remaining: null,
      }
    }
    checkNames(until, ranges)
    checkComplete(until, [], ranges)
    return { cut: until, final, from, floors: NO_FLOORS, remaining: null }
  }

  async #targetOfState(directory: string, ranges: Ranges): Promise<Target> {
    const { plan } = this.#options.functions
    const reader = openStateReader(directory)
    try {
      const progress = readProgress(reader, directory)
      const stored = readJobDocument(reader)
      if (stored !== null) await checkPlan(stored, plan, { recompute: this.#command, before: readPlan(reader) })
      checkKnown(progress, ranges, await topicIdsNow(this.#log, plan))
      const placed = withoutBare(progress, ranges)
      await checkLastRecords(this.#log, plan, progress, placed)
      const remaining = remainingOf(plan, progress, placed)
      const { from, gone } = remaining
      const { cutNow: cut, sealed: final, floors } = progress
      return { cut, final, from, floors, remaining: gone.length === 0 ? null : remaining }
    } finally {
      await reader.close()
    }
  }

  async #reference({ cut, final, from, floors, remaining }: Target): Promise<readonly InputPartition[]> {
    this.#options.onStep?.('reference')
    const input = await readInput(this.#log, cut, from, floors)
    this.#count.records = input.reduce((sum, p) => sum + p.records.length, 0)
    this.#expected = reference(this.#options.functions, input, { final })
    if (remaining !== null && this.#count.records === 0) throw nothingLeft(remaining)
    this.#sides.push({ name: 'reference', digests: resultDigests(this.#expected, this.#options.functions.plan) })
    return input
  }

  async #state({ final, remaining }: Target, input: readonly InputPartition[]): Promise<void> {
    const { state, out, functions } = this.#options
    if (state === undefined) return
    const kept = await readWholeResult(state, out ?? writtenTo(state), functions.plan)
    if (remaining === null) {
      return this.#compare('state', kept, null, await this.#stateDifference(this.#expected as JobResult, kept))
    }
    const comparable = new Comparable(functions.plan, remaining)
    const expected = reference(functions, seeded(input, remaining), { final })
    const part = comparable.of(kept)
    this.#partial = partialVerdict(functions.plan, comparable, remaining, { kept, part })
    this.#difference = this.#differenceOf('state', await this.#stateDifference(comparable.of(expected), part), null)
  }

  /** Where topics of tables drop records, a difference that this can make is none, but is said. */
  async #stateDifference(expected: JobResult, kept: JobResult): Promise<Difference | null> {
    const { plan } = this.#options.functions
    const difference = compareResults(expected, kept)
    const tables = difference === null ? [] : await compactedTables(this.#log, plan)
    if (tables.length === 0) return difference
    const parts = changeableParts(plan, tables)
    this.#notes.push(...changeableNotes(plan, parts))
    return compareResults(unchangeable(expected, plan, parts), unchangeable(kept, plan, parts))
  }

  async #batch(target: Target, workers: number): Promise<void> {
    const name = `batch, ${workers} ${workers === 1 ? 'worker' : 'workers'}`
    this.#options.onStep?.(name)
    const folder = this.#folder()
    await runBatch({ ...this.#runOptions(target, folder), workers, workerEntry: this.#options.workerEntry })
    await this.#compareFolder(name, folder, null)
  }

  async #streams(target: Target): Promise<void> {
    const { interleavings = 10, budgetMs = 60_000, onStep } = this.#options
    const deadline = now() + budgetMs
    for (let i = 0; i < interleavings && this.#difference === null; i++) {
      if (i > 0 && now() > deadline) {
        this.#stopped = `the ${budgetMs / 1000} s for interleavings were over`
        break
      }
      onStep?.(`stream, interleaving ${i + 1} of ${interleavings}`)
      const folder = this.#folder()
      const { commits, restarts } = await runInterleaving(this.#runOptions(target, folder), this.#seed + i)
      this.#count.interleavings++
      this.#count.commits += commits
      this.#count.restarts += restarts
      await this.#compareFolder('stream', folder, this.#seed + i)
    }
  }

  #runOptions({ cut, final, from, floors }: Target, state: string) {
    const { functions, functionsUrl } = this.#options
    // Threads of a batch run need the log's name; everything else shares the open one.
    const log = typeof this.#options.log === 'string' ? this.#options.log : this.#log
    const where = { until: cut, final, from, floors, absent: true, durable: false }
    return { functions, functionsUrl, log, state, ...where, recompute: this.#command }
  }

  async #compareFolder(name: string, folder: string, seed: number | null): Promise<void> {
    const { plan } = this.#options.functions
    this.#compare(name, await readWholeResult(folder, defaultOut(folder), plan), seed)
    rmSync(folder, { recursive: true, force: true })
  }

  #compare(
    name: string,
    result: JobResult,
    seed: number | null,
    difference = compareResults(this.#expected as JobResult, result),
  ): void {
    const side = { name, digests: resultDigests(result, this.#options.functions.plan) }
    const known = this.#sides.findIndex(s => s.name === name)
    if (known < 0) this.#sides.push(side)
    else if (difference !== null) this.#sides[known] = side
    this.#difference ??= this.#differenceOf(name, difference, seed)
  }

  #differenceOf(rightName: string, difference: Difference | null, seed: number | null): FoundDifference | null {
    if (difference === null) return null
    const replay = seed === null ? this.#command : `${this.#command} --interleavings 1 --seed ${seed}`
    return { ...difference, leftName: 'reference', rightName, seed, replay }
  }

  #verdict({ cut, final }: Target): Verdict {
    const { functions, interleavings: asked = 10 } = this.#options
    const { interleavings, commits, restarts, records } = this.#count
    return {
      equal: this.#difference === null,
      job: functions.plan.job,
      cut: Object.fromEntries(sortedCut(cut).map(([name, offset]) => [name, String(offset)])),
      final,
      records,
      seed: this.#seed,
      interleavings,
      asked,
      stopped: this.#stopped,
      commits,
      restarts,
      partial: this.#partial,
      sides: this.#sides,
      notes: this.#notes,
      difference: this.#difference,
    }
  }

  get #command(): string {
    return this.#options.command ?? 'verify'
  }

  #folder(): string {
    return join(this.#scratch, `state-${this.#count.folders++}`)
  }
}

/** No record is left of what the state was computed from. */
function nothingLeft({ gone }: Remaining): LyrebirdError {
  const ranges = gone.map(({ partition, from, to }) => `${partition} ${from} to ${to - 1n}`).join(', ')
  return new LyrebirdError(
    'range-lost',
    `the log holds nothing by which the state could be verified; gone are ${ranges}`,
    {
      where: { partitions: gone.map(({ partition }) => partition).join(',') },
      hint: 'verify a state while the log still holds some of the records that it has read',
    },
  )
}
