// Rows of runs that were put aside, in JavaScript.

import { ByteReader, compareBytes } from '../../values/bytes.ts'
import { compareValues, decodeValue } from '../../values/canonical.ts'
import { varintAt, varintEnd } from '../../values/varint.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'
import { MERGE } from '../pack/merge-program.ts'
import { lost } from './doubles.ts'

const [ROW_BYTES, HEAD, OPERATION_BYTES] = [16, 6, 16]
const [NEW, NO_ROOM] = [-1, -2]
const [LAST_AT, LAST_LENGTH] = [24, 28]
const NUMBER_FLAG = 8
const [EMPTY, IS_NUMBER] = [0, 1]
const NUMBER_TAG = 0x20
const LIMIT = 1e290

type Runs = Pick<Kernel, 'readRows' | 'numberRows' | 'mergeRows'>

export function runsOver(memory: KernelMemory, { keyNumber }: Pick<Kernel, 'keyNumber'>): Runs {
  const wordAt = (address: number): number => memory.view.getUint32(address, true)
  const setWord = (address: number, word: number): void => memory.view.setUint32(address, word, true)
  return {
    readRows(block, from, bound, boundLength, table) {
      const { bytes, view } = memory
      const rows = view.getUint16(block + 4)
      const limit = bytes.subarray(bound, bound + boundLength)
      for (let i = from; i < rows; i++) {
        const start = block + HEAD + 2 * rows + view.getUint16(block + HEAD + 2 * i)
        const key = varintEnd(bytes, start)
        const keyEnd = key + varintAt(bytes, start)
        if (bound !== 0 && compareBytes(bytes.subarray(key, keyEnd), limit) >= 0) return i - from
        const value = varintEnd(bytes, keyEnd)
        const places = [key, keyEnd, value, value + varintAt(bytes, keyEnd) - 1]
        for (const [k, place] of places.entries()) setWord(table + (i - from) * ROW_BYTES + 4 * k, place)
      }
      return Math.max(0, rows - from)
    },
    numberRows(header, table, n, prefix, suffix, next, numbers, keysAt, keyLengths) {
      let fresh = next
      for (let i = 0; i < n; i++) {
        const key = wordAt(table + i * ROW_BYTES) + prefix
        let number = keyNumber(header, key, wordAt(table + i * ROW_BYTES + 4) - suffix - key, fresh)
        if (number === NO_ROOM) return i
        if (number === NEW) {
          number = fresh++
          setWord(keysAt + 4 * number, wordAt(header + LAST_AT))
          setWord(keyLengths + 4 * number, wordAt(header + LAST_LENGTH))
        }
        setWord(numbers + 4 * i, number)
      }
      return n
    },
    mergeRows(program, operations, table, n, slots) {
      for (let i = 0; i < n; i++) {
        const row = table + i * ROW_BYTES
        const state = new ByteReader(memory.bytes.subarray(wordAt(row + 8), wordAt(row + 12)))
        const changes: (() => void)[] = []
        for (let k = 0; k < operations; k++) {
          const change = changeBy(memory, program + k * OPERATION_BYTES, wordAt(slots + 4 * i), state)
          if (change === null) return i
          changes.push(change)
        }
        for (const change of changes) change()
      }
      return n
    },
  }
}

/** What a state changes of a slot; null where it is in no array. */
function changeBy(
  { view, bytes }: KernelMemory,
  operation: number,
  slot: number,
  state: ByteReader,
): (() => void) | null {
  const [kind, a, b] = [0, 4, 8].map(at => view.getUint32(operation + at, true)) as [number, number, number]
  if (kind === MERGE.double) {
    const sum = view.getFloat64(a + 8 * slot, true) + state.f64()
    return () => view.setFloat64(a + 8 * slot, sum, true)
  }
  if (kind === MERGE.sum) {
    const [high, low] = [0, 8].map(at => view.getFloat64(a + 16 * slot + at, true)) as [number, number]
    const sum = sumWith(high, low, state)
    if (sum === null) return null
    return () => {
      view.setFloat64(a + 16 * slot, sum[0], true)
      view.setFloat64(a + 16 * slot + 8, sum[1], true)
    }
  }
  const held = bytes[a + slot] as number
  if (held > IS_NUMBER || state.source[state.position] !== NUMBER_TAG) return null
  const value = decodeValue(state) as number
  const order = held === EMPTY ? 0 : compareValues(value, view.getFloat64(b + 8 * slot, true))
  if (held !== EMPTY && (kind === MERGE.least ? order >= 0 : order <= 0)) return () => {}
  return () => {
    view.setFloat64(b + 8 * slot, value, true)
    bytes[a + slot] = IS_NUMBER
  }
}

/** Null where two doubles do not hold it. */
function sumWith(before: number, rest: number, state: ByteReader): [high: number, low: number] | null {
  const flags = state.byte()
  if ((flags & 15) !== NUMBER_FLAG || flags >> 4 > 2) return null
  let [high, low] = [before + 0, rest]
  for (let i = 0; i < flags >> 4; i++) {
    const term = state.f64()
    const sum = high + term
    if (!(Math.abs(sum) < LIMIT)) return null
    const error = lost(high, term, sum)
    high = sum
    if (error === 0) continue
    const small = low + error
    if (lost(low, error, small) !== 0) return null
    low = small
  }
  return [high, low]
}
