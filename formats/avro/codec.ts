// Values from and to Avro's binary encoding (Apache Avro 1.11, Binary Encoding), bare or in Confluent's framing.
//
// Promises: a record holds exactly one value, and bytes behind it are an error; the schema that it was written with is
// named by the job or by the id in the framing, and never fetched. The types are in `types.ts`.

import { type Framing, framed, framedReader } from '../confluent/frame.ts'
import { type AvroType, avroType, sameAvroSchema } from './types.ts'

interface AvroSchemas {
  /** Schema of the values that the job sees, as parsed JSON. */
  readonly reader: unknown
  /** Schema that unframed records were written with, where it is not the reader's. */
  readonly writer: unknown
  /** Null without Confluent's framing. */
  readonly framing: Framing<unknown> | null
}

interface AvroCodec {
  readonly decode: (bytes: Uint8Array) => unknown
  /** Null where the framing has no id to write. */
  readonly encode: ((value: unknown) => Uint8Array) | null
}

/** Throws avsc's error where a schema is invalid, or a writer's cannot be read as the reader's. */
export function avroCodec({ reader, writer, framing }: AvroSchemas): AvroCodec {
  const type = avroType(reader)
  const bare = valueReader(type, writer)
  if (framing === null) return { decode: bare, encode: value => encoded(type, value) }
  const { schemas, id } = framing
  const decode = framedReader(framing, schema => valueReader(type, schema))
  if (id === null) return { decode, encode: null }
  if (!sameAvroSchema(reader, schemas.get(id))) {
    throw new Error(`values are written in its first schema, and schema ${id} is another one`)
  }
  return { decode, encode: value => framed(id, encoded(type, value)) }
}

type Read = (bytes: Uint8Array) => unknown

function valueReader(type: AvroType, writer: unknown): Read {
  const resolver = writer === undefined ? undefined : type.createResolver(avroType(writer))
  return bytes => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const { value, offset } = type.decode(buffer, 0, resolver)
    if (offset < 0) throw new Error('the value is cut off')
    if (offset < bytes.length) throw new Error(`${bytes.length - offset} bytes behind the value`)
    return plain(value)
  }
}

function encoded(type: AvroType, value: unknown): Uint8Array {
  let place: string | null = null
  const errorHook = (path: readonly string[]): void => {
    place ??= ['$', ...path].join('.')
  }
  if (!type.isValid(value, { noUndeclaredFields: true, errorHook })) {
    throw new Error(`no value of the schema at ${place ?? '$'}`)
  }
  return new Uint8Array(type.toBuffer(value))
}

/** Records as plain objects: avsc makes them of classes of its own. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}
