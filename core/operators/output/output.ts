// The operator of an output: holds elements until they may be written, in (time, identity) order, once time < W.
//
// Promises: the released sequence depends on the elements alone, not on when they came or how many commits there were.

import type { Lineage, OutputAccess, Reporter } from '../../emitted/emitted-module.ts'
import { type Encoder, makeEncoder } from '../../encode/encoder.ts'
import { checkRecordSize } from '../../encode/record-size.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import { unencodableReason } from '../../result/refusals.ts'
import { DIGEST } from '../../state/digests.ts'
import type { Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { HeldRow, heldPartition, heldTime, TABLE } from '../../state/row-codec.ts'
import { leastKey, RowCursor } from '../../state/row-cursor.ts'
import type { Rows } from '../../state/rows.ts'
import { compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, Unencodable } from '../../values/canonical.ts'
import type { MultisetDigest } from '../../values/multiset-digest.ts'
import { partitionFor } from '../../values/murmur2.ts'
import type { Flush, Operator } from '../operator.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import { outputKey } from './output-key.ts'

export function makeOutput(node: PlanNodeOf<'output'>, context: OperatorContext): OperatorPorts {
  const { lambdas, report, env, digest } = context
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const operator = new OutputOperator(node, encode, report, env, digest(DIGEST.emitted(node.id)))
  return { operator, output: operator }
}

class OutputOperator implements OutputAccess, Operator {
  readonly partials: string
  readonly #node: string
  readonly #params: PlanNodeOf<'output'>['params']
  readonly #encode: Encoder
  readonly #report: Reporter
  readonly #env: Environment
  readonly #fresh: PendingRows
  readonly #row = new HeldRow()
  readonly digest: MultisetDigest

  constructor(
    { id, params }: PlanNodeOf<'output'>,
    encode: Encoder,
    report: Reporter,
    env: Environment,
    digest: MultisetDigest,
  ) {
    this.#node = id
    this.partials = TABLE.held(id)
    this.#params = params
    this.#encode = encode
    this.#report = report
    this.#env = env
    this.#fresh = new PendingRows(env.newSorter)
    this.digest = digest
  }

  add(keyed: boolean, key: unknown, value: unknown, time: number, lineage: Lineage): void {
    const identity = this.#report.identity(lineage)
    try {
      const keyBytes = keyed ? outputKey(key) : null
      const valueBytes = this.#encode(value)
      checkRecordSize(this.#params.maxBytes, keyBytes, valueBytes)
      const partition = partitionFor(keyBytes ?? identity, this.#params.partitions)
      const row = this.#row.encode({ time, identity, partition, key: keyBytes, value: valueBytes })
      this.#fresh.add(row.key, row.value)
    } catch (error) {
      if (error instanceof Unencodable) {
        this.#report.badValue(this.#node, lineage, unencodableReason('output', error.reason))
      } else this.#report.threw(this.#node, lineage, error)
    }
  }

  takePartials(): Rows {
    return this.#fresh.take()
  }

  addPartials(rows: Rows): void {
    this.#fresh.addSorted(rows)
  }

  /** Releases what lies before the watermark and puts the rest into the state. */
  flush({ now: watermark, sink }: Flush): void {
    const table = this.partials
    const bound = canonicalBytes(watermark)
    const due = watermark === Number.POSITIVE_INFINITY ? undefined : bound
    const stored = new RowCursor(this.#env.state === null ? [] : this.#env.state.range(table, undefined, due))
    const fresh = new RowCursor(this.#fresh.take())
    let last: Uint8Array | undefined
    for (let key = leastKey(fresh.key, stored.key); key !== undefined; key = leastKey(fresh.key, stored.key)) {
      if (last !== undefined && compareBytes(last, key) === 0) throw this.#repeated()
      last = key.slice()
      const row = key === fresh.key ? fresh : stored
      if (heldTime(key) < watermark) {
        sink.release(this.#node, heldPartition(row.value), key, row.value)
        this.digest.addRow(key, row.value)
        if (row === stored) sink.putSorted(table, key, null)
      } else if (row === fresh) {
        if (this.#env.state?.get(table, key) !== undefined) throw this.#repeated()
        sink.putSorted(table, key, row.value)
      }
      row.advance()
    }
  }

  /** Identities are unique unless a log repeats the header that carries them: then there is no order to write in. */
  #repeated(): Error {
    return repeatedIdentity(this.#node, `output ${this.#node} have the same time and identity`)
  }
}
