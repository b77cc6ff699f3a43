// Compares the records of `to()` outputs with their recomputation, wherever the topics are and whatever has been
// written behind the commit.
//
// Promises: per partition the same records in the same order (key, value, timestamp, headers) up to the count of the
// commit. Records behind it are of later commits; those in front that the topic has dropped, and those that have not
// come to it yet, are said to be not compared. Memory does not grow with the topics.

import { isLyrebirdError } from '../../../core/errors.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import { recordJson } from '../../../core/result/result-json.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import type { Log } from '../../../logs/log.ts'
import { type WrittenRecord, writtenRecords } from '../../../run/state/read-state.ts'
import type { WrittenOutputs, WrittenPart } from '../../../run/state/written-outputs.ts'
import {
  COMPACTED,
  type ComparedPart,
  type Comparison,
  type ComparisonContext,
  NEEDS_GONE,
  type PartDifference,
} from './comparison.ts'
import { comparedEach, type Writer } from './each-writer.ts'

export const comparedOutputs: Comparison = context =>
  comparedEach(context, 'output', writer => comparedOutput(context, writer))

async function comparedOutput(context: ComparisonContext, writer: Writer<'output'>): Promise<ComparedPart> {
  const { snapshot, again, comparable, changeable } = context
  const { name, node, outputs, expected } = writer
  const { topic, partitions, format } = node.params
  const since = comparable?.knownFrom(node.id) ?? Number.NEGATIVE_INFINITY
  const counts = Array.from({ length: partitions }, (_, p) => snapshot.written.get(topic)?.[p] ?? 0n)
  const { digest } = snapshot.progress.digest(DIGEST.emitted(node.id)).summary
  const of = Number(counts.reduce((a, b) => a + b, 0n))
  const base = { part: `output ${name}`, of, digest, since: Number.isFinite(since) ? since : null }
  if (since === Number.POSITIVE_INFINITY) return { ...base, compared: 0, left: NEEDS_GONE, ...NO_DIFFERENCE }
  const found: ComparedPartition[] = []
  for (const part of outputs.parts(topic)) {
    const counted = counts[part.partition] as bigint
    const side = { outputs, expected, topic, part, counted, since, format }
    const one = await withoutWhatWentMeanwhile(() => comparedPartition(side))
    const computed = again.written.get(topic)?.[part.partition] ?? 0n
    found.push(since === Number.NEGATIVE_INFINITY ? withCounts(one, counted, computed) : one)
  }
  const differences = found.flatMap(({ difference }) => (difference === null ? [] : [difference]))
  const compared = found.reduce((sum, one) => sum + one.compared, 0)
  if (differences.length > 0 && changeable?.joined.has(node.id) === true) {
    return { ...base, compared: 0, left: COMPACTED, ...NO_DIFFERENCE }
  }
  const left = reasons(found, compared < of && base.since !== null)
  return { ...base, compared, left, differing: differences.length, differences }
}

const NO_DIFFERENCE = { differing: 0, differences: [] }

interface ComparedPartition {
  readonly partition: number
  readonly compared: number
  /** Records that the topic has dropped, and those that have not come to it. */
  readonly dropped: bigint
  readonly waiting: bigint
  /** Whether it can be said which records these are. */
  readonly numbered: boolean
  readonly difference: PartDifference | null
}

interface Side {
  readonly outputs: WrittenOutputs
  readonly expected: Log
  readonly topic: string
  readonly part: WrittenPart
  readonly counted: bigint
  readonly since: number
  readonly format: FormatSpec
}

async function comparedPartition(side: Side): Promise<ComparedPartition> {
  const { outputs, topic, part, counted, since } = side
  const { partition } = part
  const first = await outputs.first(topic, part)
  if (first === null) return { partition, compared: 0, dropped: 0n, waiting: 0n, numbered: false, difference: null }
  const to = least(part.to ?? counted, counted)
  const waiting = outputs.inCluster ? counted - to : 0n
  const walked = await walk(side, first, to, Number(waiting), await skipped(side, first, to, waiting))
  const dropped = since === Number.NEGATIVE_INFINITY ? least(first, counted) : 0n
  return { partition, dropped, waiting, numbered: true, ...walked }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** How many of the expected records stand before the first one that is there. */
async function skipped(side: Side, first: bigint, to: bigint, waiting: bigint): Promise<number> {
  if (first === 0n || side.since === Number.NEGATIVE_INFINITY) return Number(first)
  // Of elements from a time on nobody knows the numbers: those that are there are the last ones.
  let [there, expected] = [0, 0]
  for await (const _ of recordsThere(side, first, to)) there++
  for await (const _ of recordsExpected(side)) expected++
  return Math.max(0, expected - Number(waiting) - there)
}

type Walked = Pick<ComparedPartition, 'compared' | 'difference'>

async function walk(side: Side, first: bigint, to: bigint, waiting: number, skip: number): Promise<Walked> {
  const expected = recordsExpected(side)
  try {
    for (let i = 0; i < skip; i++) await expected.next()
    return await walkBeside(side, first, to, waiting, expected)
  } finally {
    await expected.return()
  }
}

async function walkBeside(
  side: Side,
  first: bigint,
  to: bigint,
  waiting: number,
  expected: AsyncGenerator<Numbered, void>,
): Promise<Walked> {
  const { partition } = side.part
  const shown = ({ record }: Numbered): string => JSON.stringify(recordJson(record, partition, side.format))
  const at = (number: bigint): string => `record ${number} of partition ${partition}`
  let compared = 0
  let last = first - 1n
  for await (const there of recordsThere(side, first, to)) {
    const wanted = await expected.next()
    if (wanted.done === true)
      return { compared, difference: { at: at(there.number), state: shown(there), again: 'absent' } }
    if (!isSame(there.record, wanted.value.record)) {
      return { compared, difference: { at: at(there.number), state: shown(there), again: shown(wanted.value) } }
    }
    last = there.number
    compared++
  }
  const missing: Numbered[] = []
  for await (const wanted of expected) if (missing.length <= waiting) missing.push(wanted)
  const [lost] = missing
  if (lost === undefined || missing.length <= waiting) return { compared, difference: null }
  return { compared, difference: { at: at(last + 1n), state: 'absent', again: shown(lost) } }
}

interface Numbered {
  readonly number: bigint
  readonly record: WrittenRecord
}

/** The records of the topic with first <= number < to that can be compared. */
async function* recordsThere(
  { outputs, topic, part, since }: Side,
  first: bigint,
  to: bigint,
): AsyncGenerator<Numbered> {
  let number = first
  for await (const record of outputs.read(topic, part)) {
    if (number >= to) return
    if (record.timestamp >= since) yield { number, record }
    number++
  }
}

async function* recordsExpected({ expected, topic, part, since }: Side): AsyncGenerator<Numbered, void> {
  const range = (await expected.partitions(topic)).find(({ partition }) => partition === part.partition)
  let number = 0n
  for await (const record of writtenRecords(expected, topic, part.partition, 0n, range?.end ?? 0n)) {
    if (record.timestamp >= since) yield { number, record }
    number++
  }
}

function isSame(a: WrittenRecord, b: WrittenRecord): boolean {
  const bytes = ({ timestamp, key, value, headers }: WrittenRecord): Uint8Array =>
    canonicalBytes([timestamp, key, value, headers.map(header => [header.key, header.value])])
  return Buffer.compare(bytes(a), bytes(b)) === 0
}

/** A partition whose count is another one, though no record differs. */
function withCounts(one: ComparedPartition, counted: bigint, computed: bigint): ComparedPartition {
  if (one.difference !== null || counted === computed) return one
  const at = `number of records of partition ${one.partition}`
  return { ...one, difference: { at, state: String(counted), again: String(computed) } }
}

function reasons(found: readonly ComparedPartition[], needsGone: boolean): string | null {
  const sum = (of: (one: ComparedPartition) => bigint): bigint => found.reduce((all, one) => all + of(one), 0n)
  const [dropped, waiting] = [sum(one => one.dropped), sum(one => one.waiting)]
  const unnumbered = found.filter(({ numbered }) => !numbered).map(({ partition }) => partition)
  const texts = [
    ...(needsGone ? [NEEDS_GONE] : []),
    ...(dropped > 0n ? [`${dropped} records are no longer in the topic`] : []),
    ...(waiting > 0n ? [`${waiting} records are still on their way to the topic`] : []),
    ...(unnumbered.length > 0
      ? [
          `the topic has lost its beginning and nothing says which records are left (partition ${unnumbered.join(', ')})`,
        ]
      : []),
  ]
  return texts.length === 0 ? null : texts.join('; ')
}

/** Tries again where the topic has dropped more of its beginning meanwhile. */
async function withoutWhatWentMeanwhile<T>(compare: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await compare()
    } catch (error) {
      if (tries === TRIES || !isLyrebirdError(error) || error.code !== 'range-lost') throw error
    }
  }
}

const TRIES = 5
