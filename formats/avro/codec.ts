// Values from and to Avro's binary encoding (Apache Avro 1.11, Binary Encoding), bare or in Confluent's framing.
//
// Promises: a record holds exactly one value, and bytes behind it are an error; the schema that it was written with is
// named by the job or by the id in the framing, and never fetched. The types are in `types.ts`.

import { messageOf } from '../../core/errors.ts'
import { type AvroType, avroType } from './types.ts'

interface AvroSchemas {
  /** Schema of the values that the job sees, as parsed JSON. */
  readonly reader: unknown
  /** Schema that unframed records were written with, where it is not the reader's. */
  readonly writer: unknown
  /** In Confluent's framing: schemas by id. Null without the framing. */
  readonly writers: ReadonlyMap<number, unknown> | null
  /** In Confluent's framing: the id that is written before values of the reader's schema. */
  readonly id: number | null
}

interface AvroCodec {
  readonly decode: (bytes: Uint8Array) => unknown
  readonly encode: (value: unknown) => Uint8Array
}

/** Throws avsc's error where a schema is invalid, or a writer's cannot be read as the reader's. */
export function avroCodec({ reader, writer, writers, id }: AvroSchemas): AvroCodec {
  const type = avroType(reader)
  const resolving = (schema: unknown): Read => valueReader(type, schema)
  const bare = valueReader(type, writer)
  const byId = writers === null ? null : new Map([...writers].map(([n, schema]) => [n, resolving(schema)]))
  return {
    decode: bytes => (byId === null ? bare(bytes) : framed(byId, bytes)),
    encode: value => withId(id, encoded(type, value)),
  }
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

const FRAME_BYTES = 5

/** Confluent's framing: a zero byte, the schema's id in four bytes, the value. */
function framed(byId: ReadonlyMap<number, Read>, bytes: Uint8Array): unknown {
  if (bytes.length < FRAME_BYTES || bytes[0] !== 0) throw new Error("no frame of Confluent's")
  const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  const read = byId.get(id)
  if (read === undefined) throw new Error(`no schema with id ${id} is given`)
  try {
    return read(bytes.subarray(FRAME_BYTES))
  } catch (error) {
    if (error instanceof RangeError) throw error // that of a stack must end the run
    throw new Error(`schema ${id}: ${messageOf(error)}`, { cause: error })
  }
}

function withId(id: number | null, value: Uint8Array): Uint8Array {
  if (id === null) return value
  const bytes = new Uint8Array(FRAME_BYTES + value.length)
  new DataView(bytes.buffer).setUint32(1, id)
  bytes.set(value, FRAME_BYTES)
  return bytes
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
