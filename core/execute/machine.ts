// The machine: one job in memory between two commits. Both executors run it; they differ in when they feed and settle
// it.
//
// Promises: after `settle` the changes handed to the sink, applied to the committed state, are J(log|C) for the cut C
// that the progress names (semantics.md 1). Leaves to the executors: reading, when to settle, and making the changes
// durable at once.

import { compareBytes } from '../bytes.ts'
import type { Chunk } from '../chunk.ts'
import { partitionName } from '../cut.ts'
import { makeDecoder } from '../decode/decoder.ts'
import { makeColumn } from '../fold/make-column.ts'
import type { PlanNodeOf, SourceNode } from '../plan.ts'
import { Aggregates } from './aggregates.ts'
import type { FunctionsModule, Linked, Origin, SourceFunction } from './contract.ts'
import type { ChangeSink, Environment } from './environment.ts'
import { GroupTable } from './group-table.ts'
import { makeKit } from './kit.ts'
import { OutputBuffer } from './output-buffer.ts'
import { PROGRESS, Progress } from './progress.ts'
import { Recorder } from './recorder.ts'
import { comparedLength, TABLE } from './row-codec.ts'
import { rowValueWriter } from './row-value.ts'
import { tableEnds, viewsOn } from './table-ends.ts'
import { TableRows } from './table-rows.ts'
import { TALLY } from './tally.ts'

export { PROGRESS } from './progress.ts'
export { TALLY } from './tally.ts'

export class Machine {
  readonly progress: Progress
  readonly #module: FunctionsModule
  readonly #env: Environment
  readonly #recorder: Recorder
  readonly #linked: Linked
  readonly #groups = new Map<string, GroupTable>()
  readonly #outputs = new Map<string, OutputBuffer>()
  readonly #aggregates = new Map<string, Aggregates>()
  readonly #sources: readonly SourceNode[]
  /** Records read since the machine was made. */
  records = 0

  constructor(module: FunctionsModule, env: Environment) {
    const { plan } = module
    this.#module = module
    this.#env = env
    const saved = env.state?.document(PROGRESS)
    this.progress = saved === undefined ? new Progress() : Progress.decode(saved)
    this.#sources = plan.nodes.filter(n => n.kind === 'source')
    this.#recorder = new Recorder({
      newSorter: env.newSorter,
      decoders: new Map(this.#sources.map(s => [s.id, makeDecoder(s.params.format, s.schema)])),
      siteOf: env.siteOf,
      placeOf: (id, field) => this.#placeOf(id, field),
    })
    for (const node of plan.nodes) if (node.kind === 'output') this.#addOutput(node)
    for (const node of plan.nodes) if (node.kind === 'aggregate') this.#addGroups(node)
    this.#linked = module.link({
      groups: Object.fromEntries(this.#groups),
      outputs: Object.fromEntries(this.#outputs),
      report: this.#recorder,
      kit: makeKit(this.#recorder),
    })
    for (const node of plan.nodes) if (node.kind === 'aggregate') this.#addAggregates(node)
  }

  /** Feeds a chunk through every source node that reads its topic, and moves the cut to the chunk's end. */
  feed(chunk: Chunk): void {
    const partition = partitionName(chunk.topic, chunk.partition)
    for (const source of this.#sources) {
      if (source.params.topic !== chunk.topic) continue
      this.#recorder.enter(chunk)
      const run = this.#linked.sources[source.id] as SourceFunction
      run(chunk, 0, chunk.count, this.progress.sourcePartition(source.id, partition))
    }
    for (const groups of this.#groups.values()) groups.endChunk()
    this.progress.cut.set(partition, chunk.nextOffset)
    this.records += chunk.count
  }

  /** Groups in memory over all aggregate nodes. */
  get groupCount(): number {
    let count = 0
    for (const groups of this.#groups.values()) count += groups.size
    return count
  }

  /**
   * Settles everything at the present cut: hands closed windows on in topological order, writes changed rows, releases
   * outputs. With `final` the watermark is plus infinity and the progress is sealed.
   */
  settle(sink: ChangeSink, final = false): void {
    const { plan } = this.#module
    for (const node of plan.nodes) {
      if (node.kind === 'aggregate') {
        const own = this.progress.nodeWatermark(plan, node.id)
        const now = final ? Number.POSITIVE_INFINITY : own
        this.#aggregates.get(node.id)?.settle({ now, keepNow: own, sink })
        this.progress.watermarks.set(node.id, now)
      } else if (node.kind === 'output') {
        const now = final ? Number.POSITIVE_INFINITY : this.progress.nodeWatermark(plan, node.id)
        this.#outputs.get(node.id)?.settle(now, sink)
        this.progress.watermarks.set(node.id, now)
      }
    }
    this.#settleReports(sink)
    if (final) this.progress.sealed = true
  }

  /**
   * Spills groups of nodes that hold too many; for batch, between chunks. Partial results are merged when the node
   * settles.
   */
  relieve(): void {
    for (const aggregates of this.#aggregates.values()) aggregates.relieve()
  }

  /** Forgets clean groups where there are too many; for stream, after a commit. */
  forget(): void {
    for (const aggregates of this.#aggregates.values()) aggregates.forget()
  }

  /**
   * Everything held since the last settlement, as rows: what a worker hands to the coordinator. Empties the machine.
   */
  *takePartials(): Generator<readonly [table: string, rows: Iterable<readonly [Uint8Array, Uint8Array]>]> {
    for (const [id, aggregates] of this.#aggregates) yield [TABLE.state(id), aggregates.takePartials()]
    for (const [id, output] of this.#outputs) yield [TABLE.held(id), output.takeRows()]
    yield [TABLE.late, this.#recorder.lateRows.take()]
    yield [TABLE.dead, this.#recorder.deadRows.take()]
  }

  /** Takes in what a worker handed over. */
  addPartials(table: string, rows: Iterable<readonly [Uint8Array, Uint8Array]>): void {
    for (const [id, aggregates] of this.#aggregates) {
      if (table === TABLE.state(id)) return aggregates.addPartials(rows)
    }
    for (const [id, output] of this.#outputs) {
      if (table === TABLE.held(id)) {
        for (const [key, value] of rows) output.addRow({ key, value })
        return
      }
    }
    ;(table === TABLE.late ? this.#recorder.lateRows : this.#recorder.deadRows).addAll(rows)
  }

  #settleReports(sink: ChangeSink): void {
    const late = this.progress.tally(TALLY.late)
    for (const [key, value] of this.#recorder.lateRows.take()) {
      late.add(key, value)
      sink.putSorted(TABLE.late, key, value)
    }
    const dead = this.progress.tally(TALLY.dead)
    let last: Uint8Array | null = null
    for (const [key, value] of this.#recorder.deadRows.take()) {
      // One letter for each node and identity, also where records of one topic repeat an identity header.
      if (last !== null && compareBytes(last, key) === 0) continue
      last = key.slice()
      dead.add(key, value.subarray(0, comparedLength(value)))
      sink.putSorted(TABLE.dead, key, value)
    }
  }

  #addOutput(node: PlanNodeOf<'output'>): void {
    const tally = this.progress.tally(TALLY.handed(node.id))
    this.#outputs.set(node.id, new OutputBuffer(node.id, node.params.partitions, this.#recorder, this.#env, tally))
  }

  #addGroups(node: PlanNodeOf<'aggregate'>): void {
    const { plan, lambdas } = this.#module
    const identityOf = (origin: Origin): Uint8Array => this.#recorder.identity(origin)
    const columns = node.params.fields.map(field => makeColumn(field, identityOf))
    const windowed = node.params.window.kind !== 'global'
    this.#groups.set(node.id, new GroupTable(columns, windowed, viewsOn(plan, node.id, lambdas)))
  }

  #addAggregates(node: PlanNodeOf<'aggregate'>): void {
    const { plan, lambdas } = this.#module
    const { window, fields, bare } = node.params
    const groups = this.#groups.get(node.id) as GroupTable
    const rows = new TableRows({
      groups,
      ends: tableEnds(plan, node.id, lambdas, groups.views, {
        view: name => this.progress.tally(TALLY.view(name)),
        closed: closed => this.progress.tally(TALLY.handed(closed)),
      }),
      writeValue: rowValueWriter(fields, bare, groups.columns),
      present: this.#linked.present[node.id] as Linked['present'][string],
      closed: this.#linked.closed,
      size: window.kind === 'global' ? null : window.sizeMs,
      env: this.#env,
      report: this.#recorder,
    })
    this.#aggregates.set(node.id, new Aggregates({ node, groups, rows, env: this.#env }))
  }

  #placeOf(id: string, field: string | undefined): string | undefined {
    const node = this.#module.plan.nodes.find(n => n.id === id)
    const slots = node === undefined ? [] : Object.entries(node.lambdas)
    const slot = slots.find(([name]) => field === undefined || name.startsWith(`${field}.`)) ?? slots[0]
    return slot?.[1].at ?? node?.at ?? undefined
  }
}
