// `joinTable` with the records of a table's topic, the newest of a partition by offset.
//
// Promises: a version's time is the greatest of its own, those of its key's earlier offsets in that partition, and what
// was no longer late where it stands, so it is never less than the watermark and changes nothing that was emitted
// (semantics.md 3.9). Versions wait by that time, as elements do. The state holds the rows of each key, one for each
// partition that has one, and the times of versions that wait; nothing of deleted keys.
// Not here: the versions since the last flush (`fresh-versions.ts`), and what is kept of a key (`kept-versions.ts`).

import type { Inlet, Lineage } from '../../emitted/emitted-module.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import { TABLE } from '../../state/row-codec.ts'
import type { Rows } from '../../state/rows.ts'
import { concatBytes } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import type { Flush, Operator } from '../operator.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { OrderedOperator, orDeadLetter } from '../ordered/ordered-operator.ts'
import { FreshVersions } from './fresh-versions.ts'
import { joinedEmitter, LEFT, VERSION } from './joined.ts'
import { KeptVersions, waitingTimes } from './kept-versions.ts'

export function makeJoinByOffset(node: PlanNodeOf<'joinTable'>, context: OperatorContext): OperatorPorts {
  const { env, report } = context
  const rank = VERSION[node.params.at ?? 'same']
  const emit = joinedEmitter(node, context)
  const kept = new KeptVersions(TABLE.state(node.id), env.state)
  let watermark = Number.NEGATIVE_INFINITY
  const ordered = new OrderedOperator({
    node: node.id,
    ranks: [LEFT, rank],
    env,
    report,
    apart: 'key',
    shown: rank,
    processor: {
      begin(now) {
        watermark = now
      },
      open: key => kept.open(key),
      step(element) {
        if (element.rank === LEFT) emit(element, kept.newest)
        else if (element.time < watermark) kept.take(element)
        else kept.wait(element)
      },
      close: sink => kept.close(sink),
    },
  })
  const versions = new FreshVersions(rank, env.newSorter, i => report.position(i))
  const operator = new JoinByOffset(node.id, ordered, versions, context)
  return { operator, inlet: operator }
}

// First byte of a partial row's key: what it is.
const ELEMENT = 0
const FRESH = 1

class JoinByOffset implements Inlet, Operator {
  readonly partials: string
  readonly #node: string
  readonly #ordered: OrderedOperator
  readonly #versions: FreshVersions
  readonly #context: OperatorContext

  constructor(node: string, ordered: OrderedOperator, versions: FreshVersions, context: OperatorContext) {
    this.partials = ordered.partials
    this.#node = node
    this.#ordered = ordered
    this.#versions = versions
    this.#context = context
  }

  /** Of a version `time` is that from which the join may see it, and `by` its own. */
  add(branch: number, key: unknown, value: unknown, time: number, lineage: Lineage, by: unknown = null): void {
    if (branch === 0) this.#ordered.add(branch, key, value, time, lineage)
    else
      orDeadLetter(this.#node, this.#context.report, lineage, () =>
        this.#versions.add(canonicalBytes(key), canonicalBytes(value), time, by as number, lineage as number),
      )
  }

  addPacked(branch: number, key: unknown, value: Uint8Array, time: number, lineage: Lineage, by: unknown = null): void {
    if (branch === 0) this.#ordered.addPacked(branch, key, value, time, lineage)
    else
      orDeadLetter(this.#node, this.#context.report, lineage, () =>
        this.#versions.add(canonicalBytes(key), value, time, by as number, lineage as number),
      )
  }

  flush(flush: Flush): void {
    const { state } = this.#context.env
    const waiting = (key: Uint8Array) => waitingTimes(state?.get(TABLE.state(this.#node), key))
    for (const version of this.#versions.take(waiting)) this.#ordered.addElement(version)
    this.#ordered.flush(flush)
  }

  *takePartials(): Rows {
    yield* marked(ELEMENT, this.#ordered.takePartials())
    yield* marked(FRESH, this.#versions.takeRows())
  }

  addPartials(rows: Rows): void {
    for (const [marked, value] of rows) {
      const key = marked.subarray(1)
      if (marked[0] === ELEMENT) this.#ordered.addRow(key, value)
      else this.#versions.addRow(key, value)
    }
  }
}

function* marked(mark: number, rows: Rows): Rows {
  for (const [key, value] of rows) yield [concatBytes([Uint8Array.of(mark), key]), value]
}
