// Which part of a result follows from what remains of a log alone, where its beginning is gone.
//
// Promises: whatever is kept here of the result of a whole log is what is kept of the result of the rest of it, given
// `T` at its beginning. All records before the rest have times up to some `T`; so elements of a later time come from
// the rest, and so does a window that begins later, with everything in it.
// Not here: `T` itself (time marks of the state), and the words for people (`verdict.ts`).

import { partitionName, splitPartition } from '../../core/log/cut.ts'
import type { NodeKind, Plan, PlanNode, WindowSpec } from '../../core/plan/plan.ts'
import { nodeOf, sourcesOf, tableRoot } from '../../core/plan/plan-index.ts'
import type { DeadLetter } from '../../core/result/dead-letter.ts'
import type { JobResult, LateRow } from '../../core/result/result.ts'
import { ByteReader } from '../../core/values/bytes.ts'
import { decodeBytes, decodeValue } from '../../core/values/canonical.ts'
import type { Remaining } from './remaining.ts'

/** From this time on elements (of a table: windows, by their start) follow from what remains. */
type KnownFrom = number

const ALWAYS: KnownFrom = Number.NEGATIVE_INFINITY
const NEVER: KnownFrom = Number.POSITIVE_INFINITY

const DAY_MS = 86_400_000
/** No calendar window is longer, however a zone moves its clocks or its date. */
const CALENDAR_MS = { day: 3 * DAY_MS, week: 9 * DAY_MS, month: 33 * DAY_MS } as const

export class Comparable {
  readonly #plan: Plan
  readonly #remaining: Remaining
  readonly #knownFrom = new Map<string, KnownFrom>()
  /** Topics of which something is gone. */
  readonly #lost: ReadonlySet<string>

  constructor(plan: Plan, remaining: Remaining) {
    this.#plan = plan
    this.#remaining = remaining
    this.#lost = new Set(remaining.gone.map(({ partition }) => splitPartition(partition).topic))
    for (const node of plan.nodes) this.#knownFrom.set(node.id, this.#of(node))
  }

  /** From which time on elements or windows of a node are compared: -Infinity for all of them, +Infinity for none. */
  knownFrom(node: string): KnownFrom {
    return this.#knownFrom.get(node) as KnownFrom
  }

  /** The part of a result that can be compared. */
  of(result: JobResult): JobResult {
    const { results } = this.#plan
    const nodes = new Map(results.map(({ name, node }) => [name, node]))
    const from = (name: string): KnownFrom => this.knownFrom(nodes.get(name) as string)
    const known = <T>(parts: ReadonlyMap<string, T>): [string, T][] => [...parts].filter(([name]) => from(name) < NEVER)
    return {
      views: new Map(
        known(result.views).map(([name, rows]) => [
          name,
          rows.filter(({ key }) => this.knowsRow(nodes.get(name) as string, key)),
        ]),
      ),
      outputs: new Map(
        known(result.outputs).map(([name, partitions]) => [
          name,
          partitions.map(records => records.filter(({ timestamp }) => timestamp >= from(name))),
        ]),
      ),
      late: result.late.filter(row => this.knowsLate(row)),
      dead: result.dead.filter(letter => this.knowsLetter(letter)),
      emitted: new Map([...result.emitted].filter(([node]) => this.#knownFrom.get(node) === ALWAYS)),
      watermarks: result.watermarks,
    }
  }

  /** Whether the row of a view with this row key can be compared. */
  knowsRow(node: string, key: Uint8Array): boolean {
    const from = this.knownFrom(node)
    return from === ALWAYS || (from < NEVER && (decodeValue(new ByteReader(key)) as number) >= from)
  }

  knowsLate({ topic, partition, offset }: LateRow): boolean {
    return this.#remains(partitionName(topic, partition), offset)
  }

  /** Letters of nodes behind which nothing is gone; of others those of records that remain, behind steps alone. */
  knowsLetter({ node, identity }: Pick<DeadLetter, 'node' | 'identity'>): boolean {
    const sources = sourcesOf(this.#plan, node)
    if (!sources.some(({ params }) => this.#lost.has(params.topic))) return true
    const [topic, partition, offset] = positionOf(identity)
    if (offset === undefined || !sources.some(({ params }) => params.topic === topic)) return false
    return this.#behindSteps(node) && this.#remains(`${topic}/${partition}`, offset)
  }

  /** Nothing between the sources and a node keeps anything; the node itself may. */
  #behindSteps(id: string): boolean {
    return nodeOf(this.#plan, id).inputs.every(input => {
      const { kind } = nodeOf(this.#plan, input)
      return (kind === 'source' || STEPS.has(kind)) && this.#behindSteps(input)
    })
  }

  #remains(partition: string, offset: bigint): boolean {
    return offset >= (this.#remaining.from.get(partition) ?? 0n)
  }

  #of(node: PlanNode): KnownFrom {
    const inputs = node.inputs.map(id => this.knownFrom(id))
    const from = Math.max(ALWAYS, ...inputs)
    switch (node.kind) {
      case 'source':
        return Math.max(ALWAYS, ...this.#timesBefore(node.id, node.params.topic).map(time => time + 1))
      case 'aggregate':
        return windowsFrom(node.params.window, from)
      case 'closed':
        return closedFrom(tableRoot(this.#plan, node.inputs[0] as string).params.window, from)
      case 'joinWithin':
        return from + node.params.beforeMs + node.params.afterMs
      // What these give depends on all that came before.
      case 'scan':
      case 'distinct':
      case 'joinTable':
        return from === ALWAYS ? ALWAYS : NEVER
      case 'changes':
        return NEVER
      default:
        return from
    }
  }

  #timesBefore(source: string, topic: string): number[] {
    return [...this.#remaining.before].flatMap(([partition, times]) =>
      splitPartition(partition).topic === topic ? [times[source] ?? ALWAYS] : [],
    )
  }
}

const STEPS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  'map',
  'filter',
  'flatMap',
  'keyBy',
  'mapValues',
  'filterKeys',
  'flatMapKeys',
  'merge',
  'lookup',
])

/** Windows that begin then or later hold known elements only; a session also nothing that a gap before would join. */
function windowsFrom(window: WindowSpec, from: KnownFrom): KnownFrom {
  if (window.kind === 'global') return from === ALWAYS ? ALWAYS : NEVER
  return window.kind === 'session' ? from + window.gapMs : from
}

/** An element of a closed window has the time of its end: windows that long end then that begin late enough. */
function closedFrom(window: WindowSpec, from: KnownFrom): KnownFrom {
  switch (window.kind) {
    case 'tumbling':
    case 'hopping':
      return from + window.sizeMs - 1
    case 'calendar':
      return from + CALENDAR_MS[window.unit]
    default: // a session may be of any length
      return from === ALWAYS ? ALWAYS : NEVER
  }
}

/** The position that an identity begins with; empty where it begins with something else. */
function positionOf(identity: Uint8Array): [topic?: string, partition?: number, offset?: bigint] {
  let at = decodeBytes(identity)
  while (Array.isArray(at) && at.length === 2 && Array.isArray(at[0])) at = at[0]
  if (!Array.isArray(at) || at.length !== 3) return []
  const [topic, partition, offset] = at
  const whole = typeof topic === 'string' && typeof partition === 'number' && typeof offset === 'bigint'
  return whole ? [topic, partition, offset] : []
}
