// Compares the topics of `changes()` with the view: the newest record of each key, up to the commit, is the row.
//
// Promises: the changes of a commit depend on the commits before it, what they add up to does not: the recomputation,
// which commits once, writes one change for each row. Where a broker has compacted the topic, keys that have changed
// behind the commit are not compared: which of their records are gone cannot be told. Memory is bounded by that of the
// sorters.

import type { PlanNodeOf } from '../../../core/plan/plan.ts'
import { recordJson } from '../../../core/result/result-json.ts'
import type { RowSorter } from '../../../core/state/environment.ts'
import { compareBytes, concatBytes } from '../../../core/values/bytes.ts'
import { canonicalBytes, decodeBytes, NUMBER_BYTES } from '../../../core/values/canonical.ts'
import type { Log } from '../../../logs/log.ts'
import { type WrittenRecord, writtenRecords } from '../../../run/state/read-state.ts'
import type { WrittenOutputs, WrittenPart } from '../../../run/state/written-outputs.ts'
import {
  COMPACTED,
  type ComparedPart,
  type Comparison,
  type ComparisonContext,
  NEEDS_GONE,
  SHOWN_DIFFERENCES,
} from './comparison.ts'
import { comparedEach, type Writer } from './each-writer.ts'
import { type Cell, type MergedCells, mergeCells } from './merge-cells.ts'

export const comparedChangelogs: Comparison = context =>
  comparedEach(context, 'changes', writer => comparedChangelog(context, writer))

type Changes = PlanNodeOf<'changes'>

async function comparedChangelog(
  { snapshot, comparable, changeable, newSorter }: ComparisonContext,
  { name, node, outputs, expected }: Writer<'changes'>,
): Promise<ComparedPart> {
  const { topic } = node.params
  const counts = snapshot.written.get(topic) ?? []
  const of = Number(counts.reduce((a, b) => a + b, 0n))
  const base = { part: `changes ${name}`, of, digest: null, since: null }
  const without = (left: string): ComparedPart => ({ ...base, compared: 0, left, differing: 0, differences: [] })
  const isWhole = comparable === null || comparable.knownFrom(node.inputs[0] as string) === Number.NEGATIVE_INFINITY
  if (!isWhole) return without(NEEDS_GONE)
  const waiting = outputs.parts(topic).reduce((sum, { to, partition }) => sum + behind(to, counts[partition]), 0n)
  if (outputs.inCluster && waiting > 0n) return without(`${waiting} records are still on their way to the topic`)
  const found: Folded[] = []
  for (const part of outputs.parts(topic)) {
    const counted = counts[part.partition] ?? 0n
    const [ours, again] = [1, 2].map(() => new Fold(newSorter(), node, part.partition)) as [Fold, Fold]
    try {
      found.push(await comparedPartition([ours, again], { outputs, expected, topic, part, counted }))
    } finally {
      ours.dispose()
      again.dispose()
    }
  }
  const differing = found.reduce((sum, one) => sum + one.differing, 0)
  if (differing > 0 && changeable?.joined.has(node.inputs[0] as string) === true) return without(COMPACTED)
  const changed = found.reduce((sum, one) => sum + one.unknown, 0)
  return {
    ...base,
    compared: found.reduce((sum, one) => sum + one.read, 0),
    left: changed === 0 ? null : `${changed} keys have changed since, in a topic that drops records of the past`,
    differing,
    differences: found.flatMap(({ differences }) => differences).slice(0, SHOWN_DIFFERENCES),
  }
}

const behind = (to: bigint | null, counted = 0n): bigint => (to === null || to >= counted ? 0n : counted - to)

interface Folded extends MergedCells {
  /** Records that were read of those before the commit. */
  readonly read: number
}

interface Side {
  readonly outputs: WrittenOutputs
  readonly expected: Log
  readonly topic: string
  readonly part: WrittenPart
  readonly counted: bigint
}

async function comparedPartition([ours, again]: readonly [Fold, Fold], side: Side): Promise<Folded> {
  const { outputs, expected, topic, part, counted } = side
  for await (const record of outputs.read(topic, part)) ours.add(record)
  const range = (await expected.partitions(topic)).find(({ partition }) => partition === part.partition)
  for await (const record of writtenRecords(expected, topic, part.partition, 0n, range?.end ?? 0n)) again.add(record)
  // Counted from the end: in front of it a broker may have dropped records that have newer ones.
  const to = part.to ?? BigInt(ours.records)
  const end = Math.max(0, ours.records - Number(to - counted))
  const hasDropped = outputs.inCluster && BigInt(ours.records) !== to
  return { read: end, ...mergeCells(ours.newest(end, hasDropped), again.newest(again.records, false)) }
}

/** What the records of a partition add up to. */
class Fold {
  readonly #sorter: RowSorter
  readonly #format: Changes['params']['format']
  readonly #partition: number
  records = 0

  constructor(sorter: RowSorter, { params: { format } }: Changes, partition: number) {
    this.#sorter = sorter
    this.#format = format
    this.#partition = partition
  }

  add({ key, value }: WrittenRecord): void {
    this.#sorter.add(concatBytes([canonicalBytes(key), canonicalBytes(this.records++)]), canonicalBytes(value))
  }

  /**
   * The newest records of keys before the one with number `end`, without those that say that there is no row.
   * `unsure`: what a key was that has changed from there on is not known.
   */
  *newest(end: number, unsure: boolean): Generator<Cell> {
    let key = new Uint8Array(0)
    let [value, changed]: [Uint8Array | null, boolean] = [null, false]
    for (const [row, stored] of this.#sorter.sorted()) {
      const at = row.length - NUMBER_BYTES
      if (compareBytes(key, row.subarray(0, at)) !== 0) {
        yield* this.#cells(key, value, unsure && changed)
        key = row.slice(0, at)
        value = null
        changed = false
      }
      if ((decodeBytes(row.subarray(at)) as number) < end) value = decodeBytes(stored) as Uint8Array | null
      else changed = true
    }
    yield* this.#cells(key, value, unsure && changed)
  }

  dispose(): void {
    this.#sorter.dispose()
  }

  *#cells(order: Uint8Array, value: Uint8Array | null, unknown: boolean): Generator<Cell> {
    if (value === null && !unknown) return
    const json = () => {
      const key = decodeBytes(order) as Uint8Array | null
      return recordJson({ timestamp: 0, key, value, headers: [] }, this.#partition, this.#format)
    }
    const at = (): string => `key ${JSON.stringify(json().key)} of partition ${this.#partition}`
    yield { order, exact: value ?? NOTHING, unknown, at, shown: () => JSON.stringify(json().value) }
  }
}

const NOTHING = new Uint8Array(0)
