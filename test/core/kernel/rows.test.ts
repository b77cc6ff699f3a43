// Sorting, hashing and packing of rows: the compiled kernel against the one in JavaScript, and both against a plain
// sort, `blake2s` and the store's own blocks.

import { expect, it } from 'vitest'
import { newHashScratch } from '../../../core/kernel/hash-scratch.ts'
import { SORT_SCRATCH } from '../../../core/kernel/kernel.ts'
import type { OwnKernel } from '../../../core/kernel/kernel-over.ts'
import { PackedTable } from '../../../core/kernel/packed-table.ts'
import { Regions } from '../../../core/kernel/regions.ts'
import { blake2s } from '../../../core/values/blake2s.ts'
import { ByteWriter, bytesToHex, compareBytes } from '../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { BlockBuilder, sealBlock } from '../../../store/runs/block.ts'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { INPUTS, SEED } from './support/inputs.ts'
import { compiled, twin } from './support/kernels.ts'

interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** A row is four words: start and end of its key, end of its value, and one that nobody reads. */
const STRIDE = 4

/** Keys with few and many shared bytes, of all types, short and long; no two alike. */
function randomRows(random: Random): Row[] {
  const count = random.below(random.pick([3, 30, 300, 6000]))
  const beginning = 'x'.repeat(random.below(random.pick([1, 5, 40])))
  const letters = random.pick(['01', '0123456789', 'ab\0\u00ff\u{1f600}', 'abcdefghijklmnopqrstuvwxyz'])
  const key = (): unknown => {
    const text = beginning + Array.from({ length: random.below(24) }, () => random.pick([...letters])).join('')
    return random.pick<() => unknown>([
      () => text,
      () => text,
      () => [text, random.below(9)],
      () => random.below(1e9) - 5e8,
    ])()
  }
  const rows = new Map<string, Row>()
  for (let i = 0; i < count; i++) {
    const bytes = canonicalBytes(key())
    const value = Uint8Array.from({ length: random.below(random.pick([1, 20, 70, 300])) }, () => random.below(256))
    rows.set(bytesToHex(bytes), { key: bytes, value })
  }
  return [...rows.values()]
}

function placed({ memory }: OwnKernel, rows: readonly Row[]) {
  const regions = new Regions(memory)
  const w = new ByteWriter(64, regions)
  const words = regions.words(STRIDE * rows.length)
  rows.forEach(({ key, value }, i) => {
    words[STRIDE * i] = w.length
    w.bytes(key)
    words[STRIDE * i + 1] = w.length
    w.bytes(value)
    words[STRIDE * i + 2] = w.length
  })
  return { regions, bytes: w.view(), rows: words }
}

interface Packing {
  readonly blockBytes: number
  /** Bytes of each key that are packed behind the others. */
  readonly moved?: number
}

/** What a kernel makes of rows: their order, their hashes, and blocks of their keys and values. */
function workedOut(own: OwnKernel, list: readonly Row[], { blockBytes, moved = 0 }: Packing) {
  const { regions, bytes, rows } = placed(own, list)
  const { kernel } = own
  const order = regions.words(list.length)
  const scratch = regions.take(list.length * SORT_SCRATCH.ofRow + SORT_SCRATCH.more)
  kernel.sortRows(rows.byteOffset, 4 * STRIDE, bytes.byteOffset, list.length, order.byteOffset, scratch.byteOffset)
  const hashes = regions.words(4 * list.length)
  const out = hashes.byteOffset
  kernel.hashRows(
    rows.byteOffset,
    4 * STRIDE,
    8,
    bytes.byteOffset,
    list.length,
    out,
    newHashScratch(regions).byteOffset,
  )
  const places = { bytes, rows, stride: STRIDE, order, keyEnd: 1, valueStart: 1, valueEnd: 2, moved }
  const blocks: string[] = []
  for (const block of new PackedTable(own, places, () => {}).blocks(blockBytes)) {
    sealBlock(block.bytes, 7, blocks.length)
    blocks.push(bytesToHex(block.bytes))
  }
  const result = { order: [...order], hashes: [...hashes], blocks }
  regions.giveAllBack()
  return result
}

function expected(list: readonly Row[], { blockBytes, moved = 0 }: Packing) {
  const order = list.map((_, i) => i).sort((a, b) => compareBytes((list[a] as Row).key, (list[b] as Row).key))
  const hashes = list.flatMap(({ key, value }) => [...blake2s(Uint8Array.from([...key, ...value]))])
  const blocks: string[] = []
  const builder = new BlockBuilder()
  const flush = (): void => void blocks.push(bytesToHex(builder.finish(7, blocks.length)))
  for (const i of order) {
    const { key: whole, value } = list[i] as Row
    const key = Uint8Array.from([...whole.subarray(moved), ...whole.subarray(0, moved)])
    if (builder.rows > 0 && builder.size + key.length + value.length + 12 > blockBytes) flush()
    builder.add(key, 0, key.length, value, 0, value.length)
  }
  if (builder.rows > 0) flush()
  return { order, hashes, blocks }
}

it(`sorts, hashes and packs rows (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  const [js, wasm] = [twin(), compiled()]
  for (let inputs = 0; inputs < INPUTS; ) {
    const list = randomRows(random)
    const shortest = Math.min(...list.map(({ key }) => key.length))
    const packing = { blockBytes: random.pick([100, 2000, 2000, 9000]), moved: random.pick([0, 1, shortest]) }
    const right = expected(list, packing)
    expect(workedOut(js, list, packing)).toEqual(right)
    if (wasm !== undefined) expect(workedOut(wasm, list, packing)).toEqual(right)
    inputs += list.length + 1
  }
})

it('packs a row that is larger than all room for blocks, and sorts keys that share many bytes', () => {
  const long = (end: number): Uint8Array => canonicalBytes(`${'k'.repeat(70_000)}${end}`)
  const list = Array.from({ length: 20 }, (_, i) => ({ key: long((i * 7) % 20), value: Uint8Array.of(i) }))
  for (const own of [twin(), compiled()]) {
    if (own !== undefined)
      expect(workedOut(own, list, { blockBytes: 2000 })).toEqual(expected(list, { blockBytes: 2000 }))
  }
})
