// `joinTable`: each element of the left stream with the version of its key that is the newest at its time.
//
// Promises: versions of one time come before elements of that time, and of several the one with the largest identity counts last. The
// state holds one version per key, older ones are forgotten; a deleted key (a version that is null) has none.

import { canonicalBytes, decodeBytes } from '../../canonical.ts'
import type { PlanNodeOf } from '../../plan.ts'
import type { Made, Parts } from '../made.ts'
import { TABLE } from '../row-codec.ts'
import { handingOn } from './handing-on.ts'
import { KeptRow } from './kept-row.ts'
import { OrderedNode } from './ordered-node.ts'

const VERSION = 0
const LEFT = 1

export function makeJoinTable(node: PlanNodeOf<'joinTable'>, parts: Parts): Made {
  const { env, report } = parts
  const { type } = node.params
  const handOn = handingOn(node.id, parts)
  const version = new KeptRow(TABLE.state(node.id), env.state)
  const settled = new OrderedNode({
    node: node.id,
    ranks: [LEFT, VERSION],
    env,
    report,
    apart: 'key',
    lane: {
      open: key => version.open(key),
      step(element) {
        if (element.rank === VERSION) {
          const deleted = decodeBytes(element.value) === null
          version.value = deleted ? null : element.value.slice()
          return
        }
        if (version.value === null && type === 'inner') return
        const right = version.value === null ? null : decodeBytes(version.value)
        handOn(element, decodeBytes(element.key), canonicalBytes({ left: decodeBytes(element.value), right }))
      },
      close: sink => version.close(sink),
    },
  })
  return { settled, inlet: settled }
}
