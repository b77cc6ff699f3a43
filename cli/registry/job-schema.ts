// A registered schema as a job takes it: whole, with what it uses of other subjects.
//
// Promises: Avro as parsed JSON with the used types inside; Protobuf as text, or as { proto, imports } where it imports
// files of other subjects. The same schema always gives the same value.

import { LyrebirdError } from '../../core/errors.ts'
import { inlined } from './avro-inline.ts'
import type { Reference, RegisteredSchema, Registry } from './registry.ts'

/** The schema of an id. */
export interface JobSchema {
  readonly type: 'AVRO' | 'PROTOBUF'
  /** What `avro()` or `protobuf()` is given. */
  readonly value: unknown
}

/** More schemas behind one are no schema of a job. */
const USED_MAX = 1000

/** `of` names the schema in failures. */
export async function jobSchema(registry: Registry, schema: RegisteredSchema, of: string): Promise<JobSchema> {
  const { type, text } = schema
  if (type !== 'AVRO' && type !== 'PROTOBUF') {
    throw new LyrebirdError('usage', `${of} is a schema of ${type}; jobs take those of Avro and Protobuf`, {
      where: { registry: registry.url },
      ...(type === 'JSON' ? { hint: 'a source reads JSON by the type of its values: source<T>(TOPIC)' } : {}),
    })
  }
  const used = await usedBy(registry, schema, of)
  if (type === 'AVRO') {
    const parse = (avro: string): unknown => parsed(registry, avro, of)
    return {
      type,
      value: inlined(
        parse(text),
        used.map(one => parse(one.text)),
      ),
    }
  }
  const imports = Object.fromEntries(used.map(one => [one.name, one.text]).toSorted(byName))
  return { type, value: used.length === 0 ? text : { proto: text, imports } }
}

const byName = ([a = '']: string[], [b = '']: string[]): number => (a < b ? -1 : a > b ? 1 : 0)

interface Used {
  readonly name: string
  readonly text: string
}

/** What a schema refers to, and what that refers to; each name once. */
async function usedBy(registry: Registry, schema: RegisteredSchema, of: string): Promise<readonly Used[]> {
  const found = new Map<string, Used>()
  const open: Reference[] = [...schema.references]
  for (const { name, subject, version } of open) {
    const { text, references } = await registry.version(subject, version)
    const before = found.get(name)
    if (before !== undefined && before.text !== text) {
      throw new LyrebirdError('registry-error', `${of} refers to two schemas of the name ${JSON.stringify(name)}`, {
        where: { registry: registry.url, subject },
        hint: 'register it anew with references that agree',
      })
    }
    if (before !== undefined) continue
    found.set(name, { name, text })
    open.push(...references)
    if (found.size > USED_MAX) {
      throw new LyrebirdError('registry-error', `${of} refers to more than ${USED_MAX} schemas`, {
        where: { registry: registry.url },
      })
    }
  }
  return [...found.values()]
}

/** Text of one word, such as `string`, may name a type without quotes. */
function parsed(registry: Registry, text: string, of: string): unknown {
  if (/^\s*[a-z]+\s*$/.test(text)) return text.trim()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new LyrebirdError('registry-error', `${of} is no JSON, as schemas of Avro are`, {
      where: { registry: registry.url },
      cause,
    })
  }
}
