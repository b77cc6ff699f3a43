// Lines of bytes: the compiled kernel against the one in JavaScript, and both against a plain search.

import { expect, it } from 'vitest'
import type { OwnKernel } from '../../../core/kernel/kernel-over.ts'
import { Regions } from '../../../core/kernel/regions.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { INPUTS, SEED } from './support/inputs.ts'
import { compiled, twin } from './support/kernels.ts'

const LINE_FEED = 0x0a

function linesBy({ kernel, memory }: OwnKernel, bytes: Uint8Array, from: number, most: number): number[][] {
  const regions = new Regions(memory)
  const place = regions.take(bytes.length + 16).subarray(from) // line feeds that are not asked for lie around it
  place.fill(LINE_FEED)
  place.set(bytes)
  const [starts, ends] = [regions.words(most + 1), regions.words(most + 1)]
  const { byteOffset: at } = place
  const count = kernel.splitLines(at, at + bytes.length, at - 7, starts.byteOffset, ends.byteOffset, most)
  const lines = Array.from({ length: count }, (_, i) => [(starts[i] as number) - 7, (ends[i] as number) - 7])
  regions.giveAllBack()
  return lines
}

it(`finds the lines of bytes (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  const kernels = [twin(), compiled()].filter(own => own !== undefined)
  for (let inputs = 0; inputs < INPUTS; inputs += 20) {
    const rare = random.pick([1, 2, 20, 300])
    const size = random.below(random.pick([5, 40, 700]))
    const bytes = Uint8Array.from({ length: size }, () => (random.below(rare) === 0 ? LINE_FEED : random.below(256)))
    const most = random.pick([1, 5, 1000])
    const right: number[][] = []
    for (let start = 0, end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      right.push([start, end])
      start = end + 1
    }
    for (const own of kernels) expect(linesBy(own, bytes, random.below(16), most)).toEqual(right.slice(0, most))
  }
})
