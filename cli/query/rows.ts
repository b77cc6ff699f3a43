// Rows of each part of a result, as plain objects ready for JSON (decision 23 of the design; docs/cli.md).
//
// Promises: rows come in the order of their canonical keys and are read as they are printed. Leaves to core/result/result-json.ts: their shape.

import type { Chunk } from '../../core/log/chunk.ts'
import { sortedCut } from '../../core/log/cut.ts'
import { type FormatSpec, nodeOf, type PlanNodeOf } from '../../core/plan/plan.ts'
import { deadLetterJson, lateJson, offsetJson, recordJson, rowJson, windowOf } from '../../core/result/result-json.ts'
import { decodeDead, decodeLate, decodeViewValue, TABLE } from '../../core/state/row-codec.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { openLog } from '../../logs/index.ts'
import { defaultOut } from '../../run/job-run.ts'
import type { StateReader } from '../../store/index.ts'
import { type StoredResult, watermarkAt } from './result.ts'

/** Can be gone through more than once: formats with columns look at all rows first. */
export type Rows = () => AsyncIterable<object> | Iterable<object>

/** Rows of a view; with a key only those whose printed key is equal to it. */
export function viewRows(result: StoredResult, state: StateReader, name: string, key: { json: unknown } | null): Rows {
  const { plan } = result
  const node = plan.results.find(r => r.name === name && r.kind === 'view')?.node as string
  const window = windowOf(plan, node)
  const watermark = watermarkAt(result, node)
  const wanted = key === null ? null : canonicalJson(key.json)
  return function* () {
    for (const [row, stored] of state.range(TABLE.view(name))) {
      const decoded = decodeViewValue(stored)
      const error = 'error' in decoded ? decoded.error : null
      const printed = rowJson({ key: row, value: error === null ? stored.subarray(1) : null, error }, window, watermark)
      if (wanted === null || canonicalJson(printed.key) === wanted) yield printed
    }
  }
}

export function lateRows(state: StateReader): Rows {
  return function* () {
    for (const [key, value] of state.range(TABLE.late)) yield lateJson(decodeLate(key, value))
  }
}

export function deadRows(state: StateReader): Rows {
  return function* () {
    for (const [key, value] of state.range(TABLE.dead)) yield deadLetterJson(decodeDead(key, value))
  }
}

export function cutRows({ progress }: StoredResult): Rows {
  return () => [Object.fromEntries(sortedCut(progress.cutNow).map(([name, offset]) => [name, offsetJson(offset)]))]
}

/** Records of an output up to the commit; those that it counts but that are not published yet come with the next look. */
export function outputRows({ plan, positions, directory }: StoredResult, name: string, out: string | undefined): Rows {
  const node = nodeOf(plan, plan.results.find(r => r.name === name && r.kind === 'output')?.node as string)
  const { topic, format } = (node as PlanNodeOf<'output' | 'changes'>).params
  return async function* () {
    const committed = positions.get(topic) ?? []
    if (committed.every(end => end === 0n)) return
    const log = await openLog(out ?? defaultOut(directory))
    try {
      for (const { partition, start, end } of await log.partitions(topic)) {
        const written = committed[partition] ?? 0n
        const to = end < written ? end : written
        if (to <= start) continue
        for await (const chunk of log.read(topic, partition, start, to)) {
          for (let i = 0; i < chunk.count; i++) yield recordAt(chunk, i, partition, format)
        }
      }
    } finally {
      await log.close()
    }
  }
}

function recordAt(chunk: Chunk, i: number, partition: number, format: FormatSpec | undefined): object {
  const keyStart = chunk.keyStart?.[i] ?? -1
  const valueStart = chunk.valueStart[i] as number
  const record = {
    timestamp: chunk.timestamps?.[i] ?? Number.NaN,
    key: keyStart < 0 ? null : chunk.bytes.slice(keyStart, chunk.keyEnd?.[i]),
    value: valueStart < 0 ? null : chunk.bytes.slice(valueStart, chunk.valueEnd[i]),
    headers: chunk.headers(i),
  }
  return recordJson(record, partition, format)
}
