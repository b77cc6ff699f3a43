// Strict types (unions, literals, tuples and bigints) of which only some fields are used.

import { count, job, max, source, sum } from 'lyrebird'

interface Shape {
  t: number
  id: bigint
  kind: 'circle' | 'square' | 1 | true | null
  at: [number, number, ...string[]]
  size: { kind: 'one'; value: number } | { kind: 'two'; value: string }
  names: Record<string, string>
  on?: boolean
}

const shapes = source<Shape>('shapes', { time: s => s.t })
const kinds = shapes
  .keyBy(s => s.kind)
  .aggregate({ shapes: count(), id: max(s => s.id), x: sum(s => s.at[0]), ids: sum(s => s.id) })

export default job('types', { kinds })
