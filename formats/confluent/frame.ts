// Confluent's framing of a record's value: a zero byte, the four bytes of a schema's id, then what is in that schema.
//
// Promises: which schema an id means is in the job, so that it is part of the plan hash; nothing is fetched. An id that
// the job does not have is an error that says which command fetches its schema.

import { messageOf } from '../../core/errors.ts'
import type { Call } from '../../dsl/node.ts'

/** The option `confluent` of a format, checked. */
export interface Framing<Schema> {
  readonly schemas: ReadonlyMap<number, Schema>
  /** What an output writes. Null where the format only reads. */
  readonly id: number | null
}

const FRAME_BYTES = 5
const MAX_ID = 0xffff_ffff

/** Reads the option; null where it is not given. `parse` reads one schema, `what` names it in messages. */
export function framingOf<Schema>(
  call: Call,
  confluent: unknown,
  format: string,
  parse: (schema: unknown, what: string) => Schema,
): Framing<Schema> | null {
  if (confluent === undefined) return null
  const { schemas, id = null } = call.options(confluent, ['schemas', 'id'], `confluent of ${format}`)
  if (typeof schemas !== 'object' || schemas === null || Object.keys(schemas).length === 0) {
    call.fail('bad-option', `confluent of ${format} needs its schemas by id: { schemas: { 1: schema } }.`)
  }
  const entries = Object.entries(schemas).map(([key, schema]) => {
    if (!isId(key)) {
      call.fail(
        'bad-option',
        `${JSON.stringify(key.slice(0, 40))} is no id of a schema: it is a whole number of 32 bits.`,
      )
    }
    return [Number(key), parse(schema, `schema ${key} of ${format}`)] as const
  })
  const byId = new Map(entries)
  if (id !== null && !byId.has(id as number)) {
    call.fail('bad-option', 'the id of confluent is one of those that its schemas are given by.')
  }
  return { schemas: byId, id: id as number | null }
}

const isId = (text: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(text) && Number(text) <= MAX_ID

type Read = (bytes: Uint8Array) => unknown

/**
 * A reader of framed values: what is behind the frame goes to the reader of its schema. Throws with the id where there
 * can be none.
 */
export function framedReader<Schema>({ schemas }: Framing<Schema>, readerOf: (schema: Schema) => Read): Read {
  const readers = new Map<number, Read>()
  for (const [id, schema] of schemas) {
    try {
      readers.set(id, readerOf(schema))
    } catch (error) {
      const remedy = 'leave it out of the schemas, and its records are dead letters'
      throw new Error(`schema ${id}: ${messageOf(error)} (${remedy})`, { cause: error })
    }
  }
  return bytes => {
    if (bytes.length < FRAME_BYTES || bytes[0] !== 0) throw new Error("no frame of Confluent's")
    const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
    const read = readers.get(id)
    if (read === undefined) {
      throw new Error(`no schema with id ${id} is given: lyrebird schemas --id ${id} --into FILE fetches it`)
    }
    try {
      return read(bytes.subarray(FRAME_BYTES))
    } catch (error) {
      if (error instanceof RangeError && /call stack/i.test(error.message)) throw error // it must end the run
      throw new Error(`schema ${id}: ${messageOf(error)}`, { cause: error })
    }
  }
}

/** The frame of an id, then the parts. */
export function framed(id: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(FRAME_BYTES + parts.reduce((sum, part) => sum + part.length, 0))
  new DataView(bytes.buffer).setUint32(1, id)
  let at = FRAME_BYTES
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
