// The job executor: one job in memory between two commits. Batch and stream both run it; they differ in when they feed
// and flush it.
//
// Promises: after `flush` the changes given to the sink, applied to the committed state, are J(log|C) for the cut C
// that the progress names (semantics.md 1.1).
// Not here: reading, when to flush, and committing the changes in one transaction (batch and stream).

import { sourceDecoder } from '../decode/decoder.ts'
import type { FunctionsModule, Linked, RowInlet, SourceFunction } from '../emitted/emitted-module.ts'
import { Recorder } from '../emitted/recorder.ts'
import { makeRuntimeApi } from '../emitted/runtime-api.ts'
import { mustNotEndRun } from '../errors.ts'
import { newKernel, type OwnKernel } from '../kernel/kernel-over.ts'
import { KernelRowHasher } from '../kernel/row-hasher.ts'
import type { Chunk } from '../log/chunk.ts'
import { partitionName } from '../log/cut.ts'
import { lastRecordOf } from '../log/last-record.ts'
import type { Flush, Operator } from '../operators/operator.ts'
import type { Changelog, OperatorContext, OperatorPorts } from '../operators/operator-ports.ts'
import type { PlanNode, SourceNode } from '../plan/plan.ts'
import { findNode, nodeOf } from '../plan/plan-index.ts'
import type { RunsHandle } from '../spill/spilled-runs.ts'
import { DIGEST } from '../state/digests.ts'
import type { ChangeSink, Environment, StateAccess } from '../state/environment.ts'
import { comparedLength, TABLE } from '../state/row-codec.ts'
import type { Row, Rows } from '../state/rows.ts'
import { compareBytes } from '../values/bytes.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'
import { HeldCounter } from './held-counter.ts'
import { makeOperator } from './operators.ts'
import { PROGRESS, Progress } from './progress.ts'
import { TIME_MARKS, TimeMarks } from './time-marks.ts'

/** A kernel's memory that is smaller is left to groups and their rows. */
const ROOMY_BYTES = 2 ** 30

export class JobExecutor {
  readonly progress: Progress
  readonly #module: FunctionsModule
  readonly #env: Environment
  readonly #recorder: Recorder
  readonly #linked: Linked
  #ownKernel: OwnKernel | null = null
  /** By node, in the order of the plan. */
  readonly #operators: ReadonlyMap<string, OperatorPorts>
  readonly #sources: readonly SourceNode[]
  /** Records read since the executor was made. */
  records = 0

  constructor(module: FunctionsModule, env: Environment) {
    const { plan } = module
    this.#module = module
    this.#env = env
    const saved = env.state?.document(PROGRESS)
    this.progress = saved === undefined ? new Progress() : Progress.decode(saved)
    this.progress.held ??= countHeld(plan.nodes, env.state)
    const marks = env.state?.document(TIME_MARKS)
    if (marks !== undefined) this.progress.marks = TimeMarks.decode(marks)
    this.#sources = plan.nodes.filter(n => n.kind === 'source')
    this.#recorder = new Recorder({
      newSorter: env.newSorter,
      ignores: ignoredBy(module),
      decoders: new Map(
        this.#sources.map(s => [s.id, sourceDecoder(s, module.lambdas, error => mustNotEndRun(s.id, error))]),
      ),
      siteOf: env.siteOf,
      listedLetters: env.listedLetters,
      placeOf: (id, field) => this.#placeOf(id, field),
    })
    this.#operators = this.#makeOperators()
    this.#linked = module.link({
      groups: this.#access(ports => ports.groups),
      inlets: this.#access(ports => ports.inlet),
      outputs: this.#access(ports => ports.output),
      report: this.#recorder,
      api: makeRuntimeApi(this.#recorder, { kernel: () => this.#kernel(), callsAll: env.callsLambdas === true }),
    })
  }

  /** Feeds a chunk through every source node that reads its topic, and moves the cut to the chunk's end. */
  feed(chunk: Chunk): void {
    const partition = partitionName(chunk.topic, chunk.partition)
    for (const source of this.#sources) {
      if (source.params.topic !== chunk.topic) continue
      const run = this.#linked.sources[source.id] as SourceFunction
      const at = this.progress.sourcePartition(source.id, partition)
      this.#recorder.enter(chunk, at)
      at.enter()
      run(chunk, 0, chunk.count, at)
      at.leave(chunk, this.#recorder.lateOfChunk)
    }
    for (const { groups } of this.#operators.values()) groups?.endChunk()
    this.progress.cut.set(partition, chunk.nextOffset)
    const last = lastRecordOf(chunk)
    if (last !== null) this.progress.last.set(partition, last)
    this.progress.marks.reached(partition, chunk.nextOffset, () => this.#timesOf(chunk.topic, partition))
    this.records += chunk.count
  }

  /** `T` of a partition by each source that reads it. */
  #timesOf(topic: string, partition: string): Readonly<Record<string, number>> {
    const sources = this.#sources.filter(({ params }) => params.topic === topic)
    return Object.fromEntries(sources.map(({ id }) => [id, this.progress.sourcePartition(id, partition).maxTime]))
  }

  /** The changelog that a node of kind `changes` writes. */
  changelog(node: string): Changelog {
    return this.#operators.get(node)?.changelog as Changelog
  }

  /** Whether some node keeps more in memory than it may. */
  get isFull(): boolean {
    for (const { operator } of this.#operators.values()) if (operator.isFull === true) return true
    return false
  }

  /** Groups in memory over all aggregate nodes. */
  get groupCount(): number {
    let count = 0
    for (const { groups } of this.#operators.values()) count += groups?.size ?? 0
    return count
  }

  /**
   * Flushes everything at the present cut: emits closed windows in topological order, writes changed rows, releases
   * outputs. With `final` the watermark is plus infinity and the progress is sealed.
   */
  flush(sink: ChangeSink, final = false): void {
    for (const [id, { operator }] of this.#operators) {
      const own = this.progress.nodeWatermark(this.#module.plan, id)
      const now = final ? Number.POSITIVE_INFINITY : own
      this.#flushOperator(id, operator, { now, keepNow: own, sink })
      this.progress.watermarks.set(id, now)
    }
    this.#flushReports(sink)
    if (final) this.progress.sealed = true
  }

  /**
   * Spills groups of nodes that hold too many; for batch, between chunks. Partial results are merged when the node
   * flushes.
   */
  spill(): void {
    const most = this.#env.spillBytes ?? Number.POSITIVE_INFINITY
    let [bytes, nodes] = [0, 0]
    for (const { operator } of this.#operators.values()) {
      if (operator.bytes === undefined) continue
      bytes += operator.bytes
      nodes++
    }
    const share = bytes > most ? most / nodes : Number.POSITIVE_INFINITY
    for (const { operator } of this.#operators.values()) operator.spill?.(share)
  }

  /** Forgets clean groups where there are too many; for stream, after a commit. */
  forget(): void {
    for (const { operator } of this.#operators.values()) operator.forget?.()
  }

  /**
   * Everything held since the last flush, as partial rows: what a worker gives to the coordinator. Empties the
   * executor.
   */
  *takePartials(): Generator<readonly [table: string, rows: Rows]> {
    for (const { operator } of this.#operators.values()) yield [operator.partials, operator.takePartials()]
    yield [TABLE.late, this.#recorder.lateRows.take()]
    yield [TABLE.dead, this.#recorder.deadRows.take()]
  }

  /** What nodes put aside for another executor of the process: before `takePartials`. */
  *takeRuns(): Generator<readonly [table: string, runs: RunsHandle]> {
    for (const { operator } of this.#operators.values()) {
      const runs = operator.takeRuns?.() ?? null
      if (runs !== null) yield [operator.partials, runs]
    }
  }

  addRuns(table: string, runs: RunsHandle): void {
    for (const { operator } of this.#operators.values()) if (operator.partials === table) operator.addRuns?.(runs)
  }

  /** Takes in partial rows of a worker. */
  addPartials(table: string, rows: Rows): void {
    for (const { operator } of this.#operators.values())
      if (operator.partials === table) return operator.addPartials(rows)
    ;(table === TABLE.late ? this.#recorder.lateRows : this.#recorder.deadRows).addAll(rows)
  }

  /** Flushes a node and counts the elements that it holds afterwards. */
  #flushOperator(id: string, operator: Operator, flush: Flush): void {
    const table = heldTable(nodeOf(this.#module.plan, id))
    const { held } = this.progress
    if (table === null || held === null) return operator.flush(flush)
    const counter = new HeldCounter(flush.sink, table)
    operator.flush({ ...flush, sink: counter })
    held.set(id, (held.get(id) ?? 0) + counter.change)
  }

  #flushReports(sink: ChangeSink): void {
    const late = this.progress.digest(DIGEST.late)
    for (const [key, value] of this.#recorder.lateRows.take()) {
      late.addRow(key, value)
      sink.putSorted(TABLE.late, key, value)
    }
    const dead = this.progress.digest(DIGEST.dead)
    this.progress.takeUnlisted(dead)
    for (const [key, value] of oneLetterEach(this.#recorder.deadRows.take())) {
      const compared = value.subarray(0, comparedLength(value))
      // A failing row may close in a table, and in a later flush in a table that is joined from it.
      const known = this.#env.state?.get(TABLE.dead, key)
      if (known !== undefined) {
        const before = known.subarray(0, comparedLength(known))
        if (compareBytes(before, compared) <= 0) continue
        dead.removeRow(key, before)
      }
      dead.addRow(key, compared)
      sink.putSorted(TABLE.dead, key, value)
    }
  }

  /** The kernel that reads the records of a topic, where nothing else does and its memory has room for them too. */
  kernelOf(topic: string): OwnKernel | undefined {
    for (const { kind, params } of this.#module.plan.nodes) {
      if (kind === 'source' && params.topic === topic && params.format.kind !== 'json') return undefined
    }
    const kernel = this.#kernel()
    return kernel.memory.capacity < ROOMY_BYTES ? undefined : kernel
  }

  #kernel(): OwnKernel {
    this.#ownKernel ??= this.#env.newKernel?.() ?? newKernel(undefined)
    return this.#ownKernel
  }

  #makeOperators(): ReadonlyMap<string, OperatorPorts> {
    const { plan, lambdas } = this.#module
    const digest = (name: string): MultisetDigest => {
      const of = this.progress.digest(name)
      of.hashBy(new KernelRowHasher(() => this.#kernel()))
      return of
    }
    const parts: OperatorContext = {
      plan,
      lambdas,
      env: this.#env,
      report: this.#recorder,
      kernel: () => this.#kernel(),
      digest,
      linked: () => this.#linked,
      rows: id => this.#operators.get(id)?.rows as RowInlet,
    }
    const operators = new Map<string, OperatorPorts>()
    for (const node of plan.nodes) {
      const one = makeOperator(node, parts)
      if (one !== null) operators.set(node.id, one)
    }
    return operators
  }

  /** One kind of port of all operators that have it, by node id, as emitted code finds it. */
  #access<T>(side: (ports: OperatorPorts) => T | undefined): Readonly<Record<string, T>> {
    const found: Record<string, T> = {}
    for (const [id, ports] of this.#operators) {
      const one = side(ports)
      if (one !== undefined) found[id] = one
    }
    return found
  }

  #placeOf(id: string, field: string | undefined): string | undefined {
    const node = nodeOf(this.#module.plan, id)
    const slots = Object.entries(node.lambdas)
    const slot = slots.find(([name]) => field === undefined || name.startsWith(`${field}.`)) ?? slots[0]
    return slot?.[1].at ?? node.at ?? undefined
  }
}

/** The nodes of which nothing is told, where a part of a job is run. */
function ignoredBy({ plan, part }: FunctionsModule): ((node: string) => boolean) | undefined {
  if (part === undefined) return undefined
  const silent = new Set(part.silent)
  return id => silent.has(id) || findNode(plan, id) === undefined
}

/**
 * One letter for each node and identity: the least of them where a record comes through both sides of a join, or where
 * records of a topic repeat an identity header.
 */
function* oneLetterEach(letters: Rows): Rows {
  let least: Row | null = null
  for (const [key, value] of letters) {
    const same = least !== null && compareBytes(least[0], key) === 0
    if (same && compareBytes((least as Row)[1], value) <= 0) continue
    if (least !== null && !same) yield least
    least = [key.slice(), value.slice()]
  }
  if (least !== null) yield least
}

/** The table of the elements that a node holds until its watermark passes them; null for a node that holds none. */
function heldTable({ id, kind }: PlanNode): string | null {
  switch (kind) {
    case 'output':
    case 'scan':
    case 'distinct':
    case 'joinTable':
      return TABLE.held(id)
    case 'joinWithin':
      return TABLE.index(id)
    default:
      return null
  }
}

/** Of a state that does not say how many elements its nodes hold. */
function countHeld(nodes: readonly PlanNode[], state: StateAccess | null): Map<string, number> {
  const held = new Map<string, number>()
  for (const node of nodes) {
    const table = heldTable(node)
    let count = 0
    if (table !== null && state !== null) for (const _ of state.range(table)) count++
    held.set(node.id, count)
  }
  return held
}
