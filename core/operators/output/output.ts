// Elements that an output holds until they may be written: in (time, identity) order, once time < W.
//
// Promises: the released sequence depends on the elements alone, not on when they came or how often was committed.

import type { Lineage, OutputAccess, Reporter } from '../../emitted/emitted-module.ts'
import type { Encoder } from '../../encode/encoder.ts'
import { unencodableReason } from '../../result/dead-letter.ts'
import type { Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { HeldRow, heldPartition, heldTime, TABLE } from '../../state/row-codec.ts'
import type { Row, Rows } from '../../state/rows.ts'
import type { Tally } from '../../state/tally.ts'
import { compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, Unencodable } from '../../values/canonical.ts'
import { partitionFor } from '../../values/murmur2.ts'
import type { Flush, Operator } from '../operator.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import { outputKey } from './output-key.ts'

export class OutputOperator implements OutputAccess, Operator {
  readonly partials: string
  readonly #node: string
  readonly #partitions: number
  readonly #encode: Encoder
  readonly #report: Reporter
  readonly #env: Environment
  readonly #fresh: PendingRows
  readonly #row = new HeldRow()
  readonly tally: Tally

  constructor(node: string, partitions: number, encode: Encoder, report: Reporter, env: Environment, tally: Tally) {
    this.#node = node
    this.partials = TABLE.held(node)
    this.#partitions = partitions
    this.#encode = encode
    this.#report = report
    this.#env = env
    this.#fresh = new PendingRows(env.newSorter)
    this.tally = tally
  }

  add(keyed: boolean, key: unknown, value: unknown, time: number, lineage: Lineage): void {
    const identity = this.#report.identity(lineage)
    try {
      const keyBytes = keyed ? outputKey(key) : null
      const valueBytes = this.#encode(value)
      const partition = partitionFor(keyBytes ?? identity, this.#partitions)
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
    this.#fresh.addAll(rows)
  }

  /** Releases what lies before the watermark and puts the rest into the state. */
  flush({ now: watermark, sink }: Flush): void {
    const table = this.partials
    const bound = canonicalBytes(watermark)
    const due = watermark === Number.POSITIVE_INFINITY ? undefined : bound
    const stored = this.#env.state === null ? [] : this.#env.state.range(table, undefined, due)
    let last: Uint8Array | undefined
    for (const [key, value, fresh] of mergeTwo(stored, this.#fresh.take())) {
      if (last !== undefined && compareBytes(last, key) === 0) throw this.#repeated()
      last = key.slice()
      if (heldTime(key) < watermark) {
        sink.release(this.#node, heldPartition(value), key, value)
        this.tally.add(key, value)
        if (!fresh) sink.putSorted(table, key, null)
      } else if (fresh) {
        if (this.#env.state?.get(table, key) !== undefined) throw this.#repeated()
        sink.putSorted(table, key, value)
      }
    }
  }

  /** Identities are unique but where a log repeats the header that carries them: then there is no order to write in. */
  #repeated(): Error {
    return repeatedIdentity(this.#node, `output ${this.#node} have the same time and identity`)
  }
}

/** Two sorted sequences without common keys, merged; the third member says whether a row came from the second. */
function* mergeTwo(a: Rows, b: Rows): Generator<readonly [Uint8Array, Uint8Array, boolean]> {
  const left = a[Symbol.iterator]()
  const right = b[Symbol.iterator]()
  let x = left.next()
  let y = right.next()
  while (!x.done || !y.done) {
    if (y.done || (!x.done && compareBytes(x.value[0], y.value[0]) < 0)) {
      const row = (x as IteratorYieldResult<Row>).value
      yield [row[0], row[1], false]
      x = left.next()
    } else {
      const row = y.value
      yield [row[0], row[1], true]
      y = right.next()
    }
  }
}
