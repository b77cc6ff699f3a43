// What a state and its outputs hold, as one hash for each part: for results that are too big to be compared in memory.
//
// Promises: two fingerprints are equal where all rows of the views, late records, dead letters (as far as they are
// compared), output records in their order, digests, watermarks and the cut are; the names of the parts say where they
// differ.

import { createHash } from 'node:crypto'
import type { Plan, PlanNodeOf } from '../../../core/plan/plan.ts'
import { EMITTING_KINDS } from '../../../core/plan/words.ts'
import { listedLetters } from '../../../core/result/listed-letters.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import { TABLE } from '../../../core/state/row-codec.ts'
import type { Rows } from '../../../core/state/rows.ts'
import { openLog } from '../../../logs/index.ts'
import { sourceNodes } from '../../../run/reading/bind-log.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { deadLetters, readProgress, storedRows, writtenRecords } from '../../../run/state/read-state.ts'
import { openStateReader, type StateReader } from '../../../store/index.ts'

/** Count and hash by part. */
export async function fingerprintOf(directory: string, plan: Plan): Promise<Record<string, string>> {
  const state = openStateReader(directory)
  const parts: Record<string, string> = {}
  try {
    const progress = readProgress(state, directory)
    const emitting = plan.nodes.filter(({ kind }) => EMITTING_KINDS.has(kind) || kind === 'output')
    const views = plan.results.filter(({ kind }) => kind === 'view').map(({ name }) => name)
    for (const name of views) parts[`views/${name}`] = rowsOf(storedRows(state, plan, name))
    parts.late = rowsOf(state.range(TABLE.late))
    parts.dead = deadOf(state, plan)
    for (const name of [
      ...views.map(DIGEST.view),
      DIGEST.late,
      DIGEST.dead,
      ...emitting.map(n => DIGEST.emitted(n.id)),
    ]) {
      const { count, digest } = progress.digest(name).summary
      parts[`digest ${name}`] = `${count} ${digest}`
    }
    for (const source of sourceNodes(plan)) {
      parts[`watermark ${source.id}`] = String(progress.sourceWatermark(source).watermark)
    }
    parts.cut = [...progress.cutNow].join(' ')
  } finally {
    await state.close()
  }
  return { ...parts, ...(await outputsOf(directory, plan)) }
}

/** Counts and hashes fields of any number, each with its length. */
class Fields {
  readonly #hash = createHash('sha1')
  #count = 0

  add(...fields: readonly (Uint8Array | string | null)[]): void {
    this.#count++
    for (const field of fields) {
      const bytes = typeof field === 'string' ? Buffer.from(field) : field
      this.#hash.update(`${bytes?.length ?? null} `)
      if (bytes !== null) this.#hash.update(bytes)
    }
  }

  get text(): string {
    return `${this.#count} ${this.#hash.digest('hex')}`
  }
}

function rowsOf(stored: Rows): string {
  const rows = new Fields()
  for (const [key, value] of stored) rows.add(key, value)
  return rows.text
}

function deadOf(state: StateReader, plan: Plan): string {
  const letters = new Fields()
  for (const { node, identity, kind, path = null, reason } of listedLetters([...deadLetters(state)], plan)) {
    letters.add(node, identity, kind, path, reason)
  }
  return letters.text
}

async function outputsOf(directory: string, plan: Plan): Promise<Record<string, string>> {
  const parts: Record<string, string> = {}
  const log = await openLog(defaultOut(directory))
  try {
    for (const { params } of plan.nodes.filter((n): n is PlanNodeOf<'output'> => n.kind === 'output')) {
      for (const { partition, start, end } of await log.partitions(params.topic)) {
        const records = new Fields()
        for await (const { timestamp, key, value, headers } of writtenRecords(
          log,
          params.topic,
          partition,
          start,
          end,
        )) {
          records.add(String(timestamp), key, value, ...headers.flatMap(h => [h.key, h.value]))
        }
        parts[`outputs/${params.topic}/${partition}`] = records.text
      }
    }
  } finally {
    await log.close()
  }
  return parts
}
