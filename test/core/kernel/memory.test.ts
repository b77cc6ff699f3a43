// The kernel's memory and its regions.

import { expect, it } from 'vitest'
import { KERNEL_PADDING, KernelMemory } from '../../../core/kernel/memory.ts'
import { Regions } from '../../../core/kernel/regions.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { compiled, twin } from './support/kernels.ts'

it('gives regions that do not meet, and the same again', () => {
  const memory = new KernelMemory()
  const random = seededRandom(1)
  const taken: { readonly at: number; readonly bytes: number }[] = []
  for (let i = 0; i < 2000; i++) {
    const bytes = random.below(random.pick([10, 1000, 100_000, 1_000_000]))
    const at = memory.alloc(bytes)
    expect(at % 64).toBe(0)
    expect(at + bytes + KERNEL_PADDING).toBeLessThanOrEqual(memory.bytes.length)
    expect(taken.every(other => at + bytes <= other.at || other.at + other.bytes <= at)).toBe(true)
    taken.push({ at, bytes })
    if (random.chance(0.5)) {
      const [given] = taken.splice(random.below(taken.length), 1)
      memory.release(given?.at as number, given?.bytes as number)
    }
  }
})

it('keeps what an array holds while it grows', () => {
  const memory = new KernelMemory()
  const regions = new Regions(memory)
  const words = regions.words(1000)
  words.fill(7)
  const before = memory.bytes.length
  while (memory.bytes.length === before) regions.take(100_000)
  expect(words.every(word => word === 7)).toBe(true)
  words[3] = 9
  expect(memory.view.getUint32(words.byteOffset + 12, true)).toBe(9)
})

it('uses the memory of a released region for the next one, and refuses what is none', () => {
  const memory = new KernelMemory()
  const at = memory.alloc(5000)
  memory.release(at, 5000)
  expect(memory.alloc(5000)).toBe(at)
  expect(() => memory.release(64, 5000)).toThrow()
})

it('uses released regions for larger and for smaller ones', () => {
  const memory = new KernelMemory()
  const random = seededRandom(3)
  let top = 0
  for (let round = 0; round < 200; round++) {
    const sizes = Array.from({ length: 1 + random.below(6) }, () => 100_000 + random.below(300_000))
    const regions = sizes.map(bytes => ({ at: memory.alloc(bytes), bytes }))
    regions.sort(() => random.below(3) - 1)
    for (const { at, bytes } of regions) memory.release(at, bytes)
    top = Math.max(top, ...regions.map(({ at, bytes }) => at + bytes))
  }
  expect(top).toBeLessThan(4_000_000)
})

it('knows well-formed UTF-8 as the decoder of the platform does', () => {
  const random = seededRandom(2)
  const strict = new TextDecoder('utf-8', { fatal: true })
  const sequences = ['a', 'é', '한', '😀', '\u0000'].map(text => [...new TextEncoder().encode(text)])
  const broken = [
    [0x80],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe0, 0x9f, 0xbf],
    [0xf0],
    [0xff],
  ]
  for (const { memory, kernel } of [twin(), compiled()].filter(own => own !== undefined)) {
    const at = memory.alloc(256)
    for (let i = 0; i < 20_000; i++) {
      const parts = Array.from({ length: random.below(40) }, () =>
        random.chance(0.02) ? random.pick(broken) : random.pick(sequences),
      )
      const bytes = Uint8Array.from(parts.flat()).subarray(0, random.below(200))
      memory.bytes.fill(0x80, at, at + 256)
      memory.bytes.set(bytes, at)
      let right = 1
      try {
        strict.decode(bytes)
      } catch {
        right = 0
      }
      expect(kernel.utf8(at, at + bytes.length)).toBe(right)
    }
  }
})
