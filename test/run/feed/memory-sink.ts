// A sink for rows in memory that fails as it is told, and keeps the contract.

import { LyrebirdError } from '../../../core/errors.ts'
import {
  type RowSink,
  type RowSinkDefinition,
  type RowSinkOptions,
  SinkAway,
  type SinkChange,
  type SinkPosition,
  type SinkRows,
  type SinkSnapshot,
} from '../../../core/sink/row-sink.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'

/** When an act fails: before it, or after it with an outcome that nobody hears of. */
export type Fault = 'before' | 'during' | 'after' | null

/** What outlives the owners. */
export class MemoryPlace {
  rows: ReadonlyMap<string, unknown> = new Map()
  position: SinkPosition | null = null
  state: string | null = null
  epoch = 0
  fills = 0
  changes = 0
  /** Drawn at each act. */
  fault: () => Fault = () => null

  definition(): RowSinkDefinition {
    return { kind: 'memory', place: 'memory', open: options => new MemorySink(this, options) }
  }
}

class MemorySink implements RowSink {
  readonly #place: MemoryPlace
  readonly #options: RowSinkOptions
  #closed = false

  constructor(place: MemoryPlace, options: RowSinkOptions) {
    this.#place = place
    this.#options = options
  }

  async position(): Promise<SinkPosition | null> {
    const { state, epoch, takesOver } = this.#options
    const place = this.#place
    if (place.fault() !== null) throw new SinkAway('told to fail')
    if (place.state !== null && place.state !== state && !takesOver)
      throw new LyrebirdError('sink-owned', 'another state')
    if (place.state === state && place.epoch > epoch && !takesOver)
      throw new LyrebirdError('stale-owner', 'a later owner')
    if (place.state !== state) place.position = null
    place.state = state
    place.epoch = epoch
    return place.position
  }

  async held(): Promise<SinkPosition | null> {
    return this.#place.position
  }

  async apply({ from, to, rows }: SinkChange): Promise<void> {
    const { position } = this.#place
    if (position?.commit !== from.commit || position.run !== from.run)
      throw new LyrebirdError('stale-owner', 'it has moved')
    await this.#moving(to, new Map(this.#place.rows), [rows])
    this.#place.changes++
  }

  async replace({ rows, changes, position }: SinkSnapshot): Promise<void> {
    await this.#moving(position, new Map(), [rows, changes])
    this.#place.fills++
  }

  async #moving(
    to: SinkPosition | (() => SinkPosition),
    rows: Map<string, unknown>,
    all: readonly SinkRows[],
  ): Promise<void> {
    const fault = this.#place.fault()
    if (fault === 'before' || this.#closed) throw new SinkAway('told to fail')
    for (const some of all) {
      for await (const piece of some) {
        for (const { id, content } of piece) {
          if (content.kind === 'gone') rows.delete(bytesToHex(id))
          else rows.set(bytesToHex(id), content)
        }
        if (fault === 'during') throw new SinkAway('told to fail')
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    if (this.#options.epoch !== this.#place.epoch) throw new LyrebirdError('stale-owner', 'a later owner')
    this.#place.rows = rows
    this.#place.position = typeof to === 'function' ? to() : to
    if (fault === 'after') throw new SinkAway('told to fail')
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
