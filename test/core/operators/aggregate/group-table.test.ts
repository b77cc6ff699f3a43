// Groups in memory that others have used before.

import { expect, it } from 'vitest'
import { Regions } from '../../../../core/kernel/regions.ts'
import { GroupTable } from '../../../../core/operators/aggregate/group-table.ts'
import { compiled, twin } from '../../kernel/support/kernels.ts'

const KEYS = ['c', '', 'x\0', 'ä'.repeat(100), 7, [1, 'b'], { a: 'b' }]

it.each([
  ['compiled', compiled],
  ['in JavaScript', twin],
] as const)('keys end where they end (kernel %s)', (_, make) => {
  const own = make()
  if (own === undefined) return
  // After a text, FF would go on with it.
  const used = new Regions(own.memory)
  for (const bytes of [100, 200, 1000, 100_000]) for (let i = 0; i < 40; i++) used.take(bytes).fill(0xff)
  used.giveAllBack()
  for (const overlapping of [false, true]) {
    const groups = new GroupTable([], { windowed: overlapping, overlapping, viewCount: 0, kernel: own })
    for (const key of KEYS) {
      groups.enter(key)
      expect(groups.keyOf(groups.slotAt(0))).toEqual(key)
    }
  }
})
