// The measured errors of sketches on a million values, against the bounds that their papers prove.
//
// Promises: the same in every run: inputs are counted or come from a fixed generator, and hashes have no seed.

import { describe, expect, it } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { ApproxCountDistinctColumn } from '../../../core/aggregations/sketches/approx-count-distinct.ts'
import { ApproxFrequencyColumn } from '../../../core/aggregations/sketches/approx-frequency.ts'
import { ApproxMembershipColumn } from '../../../core/aggregations/sketches/approx-membership.ts'
import { ApproxQuantilesColumn } from '../../../core/aggregations/sketches/approx-quantiles.ts'
import { SampleColumn } from '../../../core/aggregations/sketches/sample.ts'
import { PRECISION, sparseLimit } from '../../../core/sketches/cardinality.ts'
import { frequencyOf, sketchShape } from '../../../core/sketches/frequency.ts'
import { logBuckets, rankOf } from '../../../core/sketches/log-buckets.ts'
import { filterShape, mightContain } from '../../../core/sketches/membership.ts'
import { ByteReader, ByteWriter } from '../../../core/values/bytes.ts'

const MANY = 1_000_000

/** Numbers from 0 to 1 by a multiplicative congruential generator (Park and Miller 1988). */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

function withRoom<C extends Column>(column: C): C {
  column.grow(2)
  return column
}

function sizeOf(column: Column): number {
  const w = new ByteWriter()
  column.write(0, w)
  return w.length
}

describe('approxCountDistinct', () => {
  /** Distances from the true count in standard errors, at counts that grow tenfold. */
  function deviations(precision: number, most: number, value: (i: number) => unknown): number[] {
    const column = withRoom(new ApproxCountDistinctColumn(precision))
    const found: number[] = []
    for (let i = 1, next = 10; i <= most; i++) {
      column.add(0, value(i))
      if (i !== next) continue
      found.push((column.present(0) / i - 1) / (1.04 / Math.sqrt(2 ** precision)))
      next *= 10
    }
    return found
  }

  it.each([
    ['sequential integers', 14, MANY, (i: number) => i],
    ['tiny steps of a double', 12, 100_000, (i: number) => i * 2 ** -1074],
    ['texts', 10, 100_000, (i: number) => `user-${i}`],
    ['bigints beyond doubles', 4, 10_000, (i: number) => 2n ** 70n + BigInt(i)],
    ['objects', 18, 100_000, (i: number) => ({ id: i })],
  ])('is within three standard errors: %s', (_, precision, most, value) => {
    for (const deviation of deviations(precision, most, value)) expect(Math.abs(deviation)).toBeLessThan(3)
  })

  it('has no bias and the standard error of the paper, over a hundred disjoint sets', () => {
    for (const size of [100, 1000, 5000]) {
      const errors = Array.from({ length: 100 }, (_, set) => {
        const column = withRoom(new ApproxCountDistinctColumn(8))
        for (let i = 0; i < size; i++) column.add(0, set * size + i)
        return column.present(0) / size - 1
      })
      const mean = errors.reduce((a, b) => a + b) / 100
      const deviation = Math.sqrt(errors.reduce((a, b) => a + (b - mean) ** 2, 0) / 99)
      expect(Math.abs(mean)).toBeLessThan((3 * 0.065) / 10)
      expect(deviation).toBeLessThan(0.065 * 1.25)
    }
  })

  it('is next to exact while it is sparse, and takes few bytes', () => {
    const column = withRoom(new ApproxCountDistinctColumn(PRECISION.usual))
    const limit = sparseLimit(PRECISION.usual)
    for (let i = 1; i <= limit; i++) {
      column.add(0, i)
      if (i <= 10) expect(column.present(0)).toBe(i)
      if (i === 10) expect(sizeOf(column)).toBeLessThan(60)
    }
    expect(Math.abs(column.present(0) / limit - 1)).toBeLessThan(0.001)
    expect(sizeOf(column)).toBeLessThanOrEqual(12_290)
    for (let i = 1; i <= limit; i++) column.add(0, limit + i)
    expect(sizeOf(column)).toBe(2 + 2 ** PRECISION.usual * 0.75)
  })

  it('counts few distinct values among many elements once', () => {
    const column = withRoom(new ApproxCountDistinctColumn(PRECISION.usual))
    for (let i = 0; i < 200_000; i++) column.add(0, i % 7)
    expect(column.present(0)).toBe(7)
  })
})

describe('approxQuantiles', () => {
  const quantiles = [0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1]
  const random = uniform(7)
  it.each([
    ['sequential integers', 0.01, (i: number) => i],
    ['few distinct', 0.05, (i: number) => (i % 3) - 1],
    ['both signs', 0.01, () => random() - 0.5],
    ['heavy tail', 0.001, () => (1 - random()) ** -8],
    ['all magnitudes', 0.02, () => (random() - 0.5) * 2 ** Math.floor(random() * 2000 - 1000)],
  ])('is within its relative error: %s', (_, accuracy, value) => {
    const column = withRoom(new ApproxQuantilesColumn(quantiles, accuracy))
    const values = Float64Array.from({ length: MANY }, (_, i) => value(i))
    for (const x of values) column.add(0, x)
    values.sort()
    const given = column.present(0)
    quantiles.forEach((quantile, i) => {
      const exact = values[rankOf(quantile, MANY)] as number
      expect(Math.abs((given[i] as number) - exact)).toBeLessThanOrEqual(accuracy * Math.abs(exact))
    })
  })

  it('has buckets in the order of their numbers, each represented by a number near all that it holds', () => {
    const random = uniform(3)
    for (const accuracy of [0.0001, 0.003, 0.01, 0.1, 0.5]) {
      const { bucketOf, numberOf } = logBuckets(accuracy)
      const powers = Array.from({ length: 2046 }, (_, i) => 2 ** (i - 1022))
      const tried = [...powers, ...powers.map(p => p * (1 + random())), Number.MAX_VALUE, 2 ** -1022]
      const sorted = Float64Array.from([...tried, ...tried.map(x => -x), 0]).sort()
      let before = Number.NEGATIVE_INFINITY
      for (const x of sorted) {
        const bucket = bucketOf(x)
        expect(bucket).toBeGreaterThanOrEqual(before)
        before = bucket
        expect(Math.abs(numberOf(bucket) - x)).toBeLessThanOrEqual(accuracy * Math.abs(x))
        expect(bucketOf(numberOf(bucket))).toBe(bucket)
      }
      expect(numberOf(bucketOf(Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY)
      expect(numberOf(bucketOf(Number.NEGATIVE_INFINITY))).toBe(Number.NEGATIVE_INFINITY)
      expect(Math.abs(numberOf(bucketOf(5e-324)))).toBe(5e-324)
      expect(bucketOf(Number.POSITIVE_INFINITY)).toBeGreaterThan(bucketOf(Number.MAX_VALUE))
    }
  })
})

describe('approxMembership', () => {
  it.each([
    [1, 0.01],
    [10, 0.1],
    [1000, 0.001],
    [200_000, 0.01],
    [200_000, 0.5],
  ])('passes all of %i values and no more than a share of %d of others', (items, falsePositives) => {
    const column = withRoom(new ApproxMembershipColumn(filterShape(items, falsePositives) as never))
    for (let i = 0; i < items; i++) column.add(0, i)
    const filter = column.present(0)
    for (let i = 0; i < items; i++) if (!mightContain(filter, i)) throw new Error(`${i} is missing`)
    const others = 300_000
    let passed = 0
    for (let i = 0; i < others; i++) if (mightContain(filter, -1 - i)) passed++
    const chance = 4 * Math.sqrt((falsePositives * (1 - falsePositives)) / others)
    expect(passed / others).toBeLessThan(falsePositives * 1.02 + chance)
  })

  it('gives the same answers with few and with many bits set', () => {
    const shape = { bits: 4096, hashes: 3 }
    const column = withRoom(new ApproxMembershipColumn(shape))
    for (let i = 0; i < 200; i++) {
      column.add(0, `v${i}`)
      const filter = column.present(0)
      for (let j = 0; j <= i; j++) expect(mightContain(filter, `v${j}`)).toBe(true)
      if (i === 0) expect(filter.bytes.length).toBeLessThanOrEqual(2 + 4 * 3)
    }
    expect(column.present(0).bytes.length).toBe(2 + 512)
    expect(mightContain(withRoom(new ApproxMembershipColumn(shape)).present(0), 'v1')).toBe(false)
  })

  it('refuses what is no filter', () => {
    expect(() => mightContain({} as never, 1)).toThrow('mightContain() asks what approxMembership() gave')
  })
})

describe('approxFrequency', () => {
  const random = uniform(11)
  it.each([
    ['sequential integers', 0.001, 0.99, MANY / 2, (i: number) => i],
    ['a heavy tail', 0.01, 0.9, MANY, () => Math.floor((1 - random()) ** -1.2)],
    ['some distinct', 0.001, 0.99, MANY, (i: number) => i % 1000],
  ])('is never below the truth and within its error as often as it says: %s', (_, error, confidence, total, value) => {
    const column = withRoom(new ApproxFrequencyColumn(sketchShape(error, confidence) as never))
    const truth = new Map<number, number>()
    for (let i = 0; i < total; i++) {
      const x = value(i)
      column.add(0, x)
      truth.set(x, (truth.get(x) ?? 0) + 1)
    }
    const sketch = column.present(0)
    expect(sketch.total).toBe(total)
    let asked = 0
    let beyond = 0
    for (const [x, count] of truth) {
      if (++asked > 100_000) break
      const answer = frequencyOf(sketch, x)
      if (answer < count) throw new Error(`${x}: ${answer} is below ${count}`)
      if (answer > count + error * total) beyond++
    }
    expect(beyond / asked).toBeLessThanOrEqual(1 - confidence)
  })

  it('confuses few distinct values no more often than by chance, over many sets of five', () => {
    const shape = sketchShape(0.1, 0.5) as { width: number; depth: number }
    const sets = 4000
    let beyond = 0
    for (let set = 0; set < sets; set++) {
      const column = withRoom(new ApproxFrequencyColumn(shape))
      for (let i = 0; i < 50; i++) column.add(0, 5 * set + (i % 5))
      for (let i = 0; i < 5; i++) if (frequencyOf(column.present(0), 5 * set + i) > 10 + 0.1 * 50) beyond++
    }
    const chance = 1 - (1 - 1 / shape.width) ** (4 * shape.depth) // one row: some other value shares the cell
    expect(shape.depth).toBe(1)
    expect(Math.abs(beyond / (5 * sets) - chance)).toBeLessThan(0.01)
  })

  it('counts exactly past 2^32, in cells as wide as they must be', () => {
    const shape = { width: 272, depth: 5 }
    const column = withRoom(new ApproxFrequencyColumn(shape))
    column.add(0, 'a')
    expect(column.present(0).bytes.length).toBe(3 + 5 * 5)
    for (let doubled = 1; doubled < 2 ** 40; doubled *= 2) {
      const w = new ByteWriter()
      column.write(0, w)
      column.merge(0, new ByteReader(w.take()))
      expect(frequencyOf(column.present(0), 'a')).toBe(doubled * 2)
    }
    expect(column.present(0).bytes.length).toBe(3 + 5 * 12)
    expect(frequencyOf(column.present(0), 'b')).toBe(0)
  })
})

describe('sample', () => {
  it('takes every element with the same frequency, whatever its value and place', () => {
    const [n, k, rounds] = [50, 10, 4000]
    const taken = new Float64Array(n)
    for (let round = 0; round < rounds; round++) {
      const identityOf = (i: number): Uint8Array => Uint8Array.of(round >> 8, round & 255, i)
      const column = withRoom(new SampleColumn(k, identityOf))
      for (let i = 0; i < n; i++) column.add(0, i, 0, i)
      for (const i of column.present(0)) taken[i as number] = (taken[i as number] as number) + 1
    }
    const expected = (rounds * k) / n
    const chiSquared = taken.reduce((sum, times) => sum + (times - expected) ** 2 / (expected * (1 - k / n)), 0)
    expect(chiSquared).toBeLessThan(85.4) // 49 degrees of freedom: exceeded once in a thousand
  })

  it('estimates a share as a uniform sample does, on a million elements', () => {
    const identity = new DataView(new ArrayBuffer(8))
    const column = withRoom(
      new SampleColumn(10_000, (i: number) => {
        identity.setFloat64(0, i)
        return new Uint8Array(identity.buffer)
      }),
    )
    for (let i = 0; i < MANY; i++) column.add(0, i < MANY / 4, 0, i)
    const kept = column.present(0)
    const share = kept.filter(v => v === true).length / kept.length
    expect(kept.length).toBe(10_000)
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 10_000))
  })

  it('begins with every smaller sample', () => {
    const identityOf = (i: number): Uint8Array => Uint8Array.of(i >> 8, i & 255)
    const samples = [1, 7, 100].map(k => {
      const column = withRoom(new SampleColumn(k, identityOf))
      for (let i = 0; i < 1000; i++) column.add(0, i, 0, i)
      return column.present(0)
    })
    expect(samples[0]).toEqual(samples[2]?.slice(0, 1))
    expect(samples[1]).toEqual(samples[2]?.slice(0, 7))
  })
})
