// How batch divides partitions among its workers.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { divide } from '../../runtime-batch/divide.ts'

it('divides partitions into groups of about equal size, all of them once', () => {
  const sizes = fc.array(fc.nat(1000), { maxLength: 12 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5 }), (list, workers) => {
      const tasks = list.map((size, i) => ({ name: `t/${i}`, from: 5n, to: 5n + BigInt(size), size }))
      const groups = divide(tasks, workers)
      expect(groups.length).toBeLessThanOrEqual(workers)
      expect(groups.flat().sort((a, b) => a.name.localeCompare(b.name))).toEqual(
        [...tasks].sort((a, b) => a.name.localeCompare(b.name)),
      )
    }),
  )
})
