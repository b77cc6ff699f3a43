// Whether two schemas write the same bytes for a message: an output announces the schema of an id, and must write it.

import protobuf from 'protobufjs'
import type { FieldShape, MessageShape, ProtobufSchema } from './schema.ts'

/** A field that one of the schemas has otherwise, or not at all; null where the messages are the same. */
export function differingField(one: ProtobufSchema, other: ProtobufSchema): string | null {
  const seen = new Set<string>()
  const open: [MessageShape, MessageShape][] = [[one.message, other.message]]
  for (const [a, b] of open) {
    const pair = `${a.type.fullName} ${b.type.fullName}`
    if (seen.has(pair)) continue
    seen.add(pair)
    for (const number of new Set([...a.fields, ...b.fields].map(({ field }) => field.id))) {
      const [x, y] = [fieldOf(a, number), fieldOf(b, number)]
      if (x === undefined || y === undefined || formOf(x) !== formOf(y)) {
        return `${a.type.name}.${(x ?? y)?.name}`
      }
      const [within, beside] = [x.field.resolvedType, y.field.resolvedType]
      if (within instanceof protobuf.Type && beside instanceof protobuf.Type) {
        open.push([one.shapeOf(within), other.shapeOf(beside)])
      }
    }
  }
  return null
}

const fieldOf = ({ fields }: MessageShape, number: number): FieldShape | undefined =>
  fields.find(({ field }) => field.id === number)

function formOf({ field, name }: FieldShape): string {
  const { resolvedType, type, repeated, required, partOf } = field
  const kind =
    resolvedType instanceof protobuf.Enum
      ? Object.entries(resolvedType.values).toSorted(([, a], [, b]) => a - b)
      : resolvedType === null
        ? type
        : 'message'
  const key = field instanceof protobuf.MapField ? field.keyType : null
  return JSON.stringify([name, kind, key, repeated, required, partOf?.name ?? null])
}
