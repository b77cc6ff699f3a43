// Brings a changed job over a living state: computes beside it what changed, and swaps the old version for the new one.
//
// Promises: the old version goes on being updated by the process that runs it, until the new one is near; at an equal
// cut both are swapped in one transaction. What is unchanged is taken over as it is, its rows proved by their digests.
// Stopped or killed anywhere, the state is whole, in the old version or the new one, and the next upgrade goes on.
// Not here: what each part does (the modules beside).

import { thenClose } from '../../core/close-all.ts'
import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { compareValues } from '../../core/values/canonical.ts'
import { isLogPlace, openLog } from '../../logs/index.ts'
import { checkSinks } from '../../run/feed/check-sinks.ts'
import type { RowSinks } from '../../run/feed/feeds.ts'
import { countText } from '../../run/number-text.ts'
import { DOCUMENT, decodeJson, hasViewsByWindow } from '../../run/state/documents.ts'
import { explainedChanges } from '../../run/state/explained-changes.ts'
import { type CommittedState, readCommitted, readProgress } from '../../run/state/read-state.ts'
import { intlFault, zoneDataFault } from '../../run/state/versions.ts'
import type { BatchOptions } from '../../runtime-batch/index.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'
import { NEAR_RECORDS, PROVED_ROWS, ROUNDS_MAX, ROUNDS_MIN } from '../limits.ts'
import { Beside } from './beside.ts'
import { newOutputs } from './check-outputs.ts'
import { comparePlans, type Upgrade } from './compare-plans.ts'
import { sourcesWithUnlisted } from './compose-progress.ts'
import { clearLeftOver, committedOf } from './left-over.ts'
import { checkHistory } from './missing-history.ts'
import { proveViews, rowsOf } from './proof.ts'
import { NO_STEPS, type UpgradeSteps } from './steps.ts'
import { outOfNext, swap } from './swap.ts'
import { refuseOwnerElsewhere, takeState, upgradeLock } from './take-state.ts'

export interface UpgradeOptions extends BatchOptions {
  /** Gets lines for people. */
  readonly onNotice?: ((line: string) => void) | undefined
  /** Called at each step; for tests that crash there. */
  readonly upgradeSteps?: UpgradeSteps | undefined
  /** Sinks of the views of the new version, which are asked whether they can hold them. */
  readonly checkedSinks?: RowSinks | undefined
  /** For tests: ms for the owner of the state to end. */
  readonly handOverMs?: number | undefined
}

/**
 * Makes a state that of a changed job; nothing where there is no state, or it is that of the job already. Throws
 * `output-changed`, `sink-refused`, `sink-owned`, `range-lost`, `state-locked`, `state-sealed`, and the typed errors
 * of a batch.
 */
export async function upgradeState(options: UpgradeOptions): Promise<void> {
  if ((await committedOf(options.state)) === null) return
  const lock = await upgradeLock(options.state)
  await thenClose(
    async () => {
      // What is computed beside may have to be more than was seen at first.
      for (let whole: string | null = null; ; ) {
        const upgrading: Upgrading = await Upgrading.open(options, whole)
        const again: string | null = await upgrading.run()
        if (again === null) return
        whole = again
      }
    },
    () => lock.release(),
  )
}

class Upgrading {
  readonly #o: UpgradeOptions
  readonly #step: UpgradeSteps
  readonly #found: CommittedState
  readonly #upgrade: Upgrade
  readonly #retired: readonly string[]

  private constructor(
    options: UpgradeOptions,
    found: CommittedState,
    retired: readonly string[],
    whole: string | null,
  ) {
    this.#o = options
    this.#step = options.upgradeSteps ?? NO_STEPS
    this.#found = found
    this.#retired = retired
    const { plan } = options.functions
    this.#upgrade = comparePlans(found.plan, plan, whole ?? wholeReason(found, plan))
  }

  static async open(options: UpgradeOptions, whole: string | null): Promise<Upgrading> {
    return await withReader(options.state, reader => {
      const found = readCommitted(reader, options.state)
      return new Upgrading(options, found, retiredTopics(reader), whole)
    })
  }

  /** A reason for which all is to be computed anew after all; null where the state is that of the job. */
  async run(): Promise<string | null> {
    const { state } = this.#o
    const { job, plan, progress } = this.#found
    const upgrade = this.#upgrade
    const changes = job === null ? [] : explainedChanges(job, upgrade.now, plan)
    if (changes.length === 0 && upgrade.whole === null) {
      clearLeftOver(state)
      return null
    }
    if (progress.sealed) throw sealed(state)
    const fresh = newOutputs(plan, upgrade.now, this.#retired)
    const { checkedSinks: sinks, outTopics } = this.#o
    await checkSinks(upgrade.now, { sinks, outTopics }, job?.id ?? '')
    await refuseOwnerElsewhere(state)
    await this.#checkHistory()
    await this.#prove(null)
    this.#tell(changes)
    this.#step('compared')
    const beside = upgrade.computed.length === 0 ? null : new Beside(this.#o, upgrade)
    return await thenClose(
      async () => {
        if (beside !== null) await this.#comeNear(beside)
        return await this.#takeOver(beside, fresh)
      },
      () => beside?.close(),
    )
  }

  async #checkHistory(): Promise<void> {
    const { log: given, patience } = this.#o
    const log = isLogPlace(given) ? await openLog(given, patience) : given
    await thenClose(
      () => checkHistory(log, this.#upgrade, this.#found.progress),
      () => (isLogPlace(given) ? log.close() : undefined),
    )
  }

  /** Before anything is asked of the owner, and again where that takes a moment only. */
  async #prove(writer: StateReader | null): Promise<void> {
    const { viewNames, before } = this.#upgrade
    const names = [...viewNames.values()]
    const prove = (reader: StateReader): void => {
      const progress = readProgress(reader, this.#o.state)
      if (writer === null || rowsOf(progress, names) <= PROVED_ROWS) proveViews(reader, before, progress, names)
    }
    if (writer !== null) prove(writer)
    else await withReader(this.#o.state, prove)
  }

  #tell(changes: readonly string[]): void {
    const { kept, computed, whole } = this.#upgrade
    const say = (line: string): void => this.#o.onNotice?.(line)
    for (const change of changes) say(`upgrade: ${change}`)
    if (whole !== null) say(`upgrade: everything is computed anew: ${whole}`)
    else if (kept.length > 0) say(`upgrade: taken over as it is: ${kept.map(({ name }) => name).join(', ')}`)
    if (computed.length > 0) say(`upgrade: computed beside: ${computed.map(({ name }) => name).join(', ')}`)
  }

  /**
   * Computes up to the state's last commit, again and again, until the state has gone on by little only. At least
   * twice: the second time opens what the last one, for which the old version waits, is read with.
   */
  async #comeNear(beside: Beside): Promise<void> {
    let progress = this.#found.progress
    for (let round = 1; ; round++) {
      await beside.bringTo(progress)
      this.#step('computed')
      const now = await withReader(this.#o.state, reader => readProgress(reader, this.#o.state))
      const left = distance(progress, now)
      if ((left <= NEAR_RECORDS && round >= ROUNDS_MIN) || round === ROUNDS_MAX) return
      if (left > 0) this.#o.onNotice?.(`upgrade: the state has read about ${countText(left)} records meanwhile`)
      progress = now
    }
  }

  async #takeOver(beside: Beside | null, fresh: ReadonlySet<string>): Promise<string | null> {
    const { state } = this.#o
    const taken = await takeState(state, this.#o, () => this.#step('asked'))
    const swapped = await thenClose(
      () => this.#swapIn(taken.writer, beside, fresh),
      () => taken.close(),
    )
    if (swapped !== null) return swapped
    beside?.clear()
    this.#step('cleared')
    this.#o.onNotice?.('upgrade: the state is that of the new version')
    return null
  }

  async #swapIn(
    writer: Awaited<ReturnType<typeof takeState>>['writer'],
    beside: Beside | null,
    fresh: ReadonlySet<string>,
  ): Promise<string | null> {
    const upgrade = this.#upgrade
    this.#step('owned')
    const last = readCommitted(writer, this.#o.state)
    if (compareValues(last.plan, upgrade.before) !== 0) throw changedMeanwhile(this.#o.state)
    const reason = upgrade.whole ?? wholeReason(last, upgrade.now)
    if (reason !== upgrade.whole) return reason
    const before = last.progress
    if (beside !== null) await beside.bringTo(before)
    await this.#prove(writer)
    this.#step('caught-up')
    const reader = beside === null ? null : openStateReader(beside.directory)
    const next =
      reader === null || beside === null
        ? null
        : { reader, progress: readProgress(reader, beside.directory), out: outOfNext(beside.directory) }
    const [options, retired, step] = [this.#o, this.#retired, this.#step]
    await thenClose(
      () => swap({ options, upgrade, writer, before, next, fresh, retired, step }),
      () => reader?.close(),
    )
    return null
  }
}

/** Why nothing of a state can be taken over; null where all that is unchanged can. */
function wholeReason({ plan, job, progress }: CommittedState, now: Upgrade['now']): string | null {
  if (job === null || hasViewsByWindow(job.format)) return 'the state is of an older format'
  const fault = zoneDataFault(plan, job.versions) ?? intlFault(job.versions)
  if (fault !== null) return fault.text
  const { keeps } = comparePlans(plan, now)
  const gone = plan.nodes.flatMap(({ kind, id }) => (kind === 'source' && !keeps(id) ? [id] : []))
  const [source] = sourcesWithUnlisted(progress, gone)
  return source === undefined ? null : 'a source that changed has more dead letters than are listed'
}

async function withReader<T>(state: string, read: (reader: StateReader) => T): Promise<T> {
  const reader = openStateReader(state)
  return await thenClose(
    async () => read(reader),
    () => reader.close(),
  )
}

function retiredTopics(reader: StateReader): readonly string[] {
  const bytes = reader.document(DOCUMENT.retired)
  return bytes === undefined ? [] : decodeJson<string[]>(DOCUMENT.retired, bytes)
}

/** Offsets that a state has read since. */
function distance(from: Progress, to: Progress): number {
  let sum = 0
  for (const [name, position] of to.cut) sum += Number(position - (from.cut.get(name) ?? position))
  return sum
}

const sealed = (state: string): LyrebirdError =>
  new LyrebirdError('state-sealed', 'the state is of a finished history (final): nothing goes on from it', {
    where: { state },
    hint: 'compute the new version as a state of its own: --as NEW-DIR',
  })

const changedMeanwhile = (state: string): LyrebirdError =>
  new LyrebirdError('state-incompatible', `the state in ${state} was changed by another version of the job meanwhile`, {
    where: { state },
    hint: 'run the same command again',
  })
