// `schemas --check JOB`: whether the schemas that a job gives by id are those of the registry.
//
// Promises: read from the plan, where the definitions of formats hold them.

import type { FormatSpec, Plan } from '../../core/plan/plan.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { jobSchema } from './job-schema.ts'
import type { Registry } from './registry.ts'

/** One id of one source or output. */
interface CheckedId {
  /** A topic of the job. */
  readonly topic: string
  readonly id: number
  /** Null where the registry has the same schema. */
  readonly difference: string | null
}

/** In the order of the plan, each id of a topic once. */
export async function checkIds(registry: Registry, plan: Plan): Promise<readonly CheckedId[]> {
  const checked = new Map<string, CheckedId>()
  for (const { params } of plan.nodes) {
    if (!('topic' in params) || !('format' in params)) continue
    const { topic, format } = params
    for (const [id, schema] of writersOf(format)) {
      const place = `${topic} ${id} ${canonicalJson(schema)}`
      if (!checked.has(place)) checked.set(place, { topic, id, difference: await difference(registry, id, schema) })
    }
  }
  return [...checked.values()]
}

async function difference(registry: Registry, id: number, schema: unknown): Promise<string | null> {
  const registered = await registry.schema(id)
  if (registered === null) return 'the registry has no such id'
  const { value } = await jobSchema(registry, registered, `schema ${id}`)
  return canonicalJson(value) === canonicalJson(schema) ? null : 'the registry has another schema'
}

/** The schemas by id of a format with Confluent's framing. */
function writersOf(format: FormatSpec): readonly (readonly [number, unknown])[] {
  if (format.kind !== 'custom' || format.definition === null) return []
  const { writers } = JSON.parse(format.definition) as { writers?: readonly (readonly [number, unknown])[] | null }
  return writers ?? []
}
