// The queries of Nexmark: each job gives what plain loops over all events give, in batch, stream and reference.

import { expect, it } from 'vitest'
import { reference } from '../../core/reference/reference.ts'
import type { JobResult } from '../../core/result/result.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import type { Bid } from '../../examples/nexmark/model.ts'
import { firstDifference } from '../support/executors.ts'
import { valuesIn } from '../support/read-result.ts'
import { programOf } from '../support/run-job.ts'
import { Evaluation } from './evaluate.ts'
import { eventsOf, logOf, placesOf } from './events.ts'

const [EVENTS, SEED, PARTITIONS] = [1500, 11, 2]
const events = eventsOf(EVENTS, SEED)
const log = logOf(events, PARTITIONS, SEED)
const places = placesOf(events.bids, PARTITIONS, SEED)

function byPlace(a: Bid, b: Bid): number {
  const [[p, i], [q, j]] = [places.get(a), places.get(b)] as [[number, number], [number, number]]
  return p - q || i - j
}

const evaluation = new Evaluation(events, byPlace)
const queries = Object.keys(evaluation.queries)

const sorted = (lines: readonly unknown[]): string[] => lines.map(canonicalJson).sort()

const utf8 = new TextDecoder()

/** The values of all records of the job's only output, or the rows of a view. */
function linesOf(result: JobResult, view: string | undefined): unknown[] {
  if (view === undefined) {
    return (result.outputs.get('out') ?? []).flat().map(r => JSON.parse(utf8.decode(r.value as Uint8Array)))
  }
  return (result.views.get(view) ?? []).map(row => {
    const parts = valuesIn(row.key)
    return { parts, value: valuesIn(row.value as Uint8Array)[0] }
  })
}

/** Rows with the executors' row keys, `[start, (end,) key]`, in the form of the loops, `[key, window, value]`. */
function rowsAsLoops(rows: readonly unknown[], expected: readonly unknown[]): unknown[] {
  const ends = new Map((expected as [unknown, [number, number] | null, unknown][]).map(([, w]) => [w?.[0], w]))
  return (rows as { parts: unknown[]; value: unknown }[]).map(({ parts, value }) => {
    const key = parts.at(-1)
    if (parts.length === 1) return [key, null, value]
    const start = parts[0] as number
    return [key, parts.length === 3 ? [start, parts[1]] : (ends.get(start) ?? [start]), value]
  })
}

it.each(queries)('%s gives what loops give, in all executors', async name => {
  const { default: made } = (await import(`../../examples/nexmark/${name}.ts`)) as { default: unknown }
  const program = programOf(made)
  const result = reference(program, log, { final: true })
  const { view, lines } = (evaluation.queries[name] as () => { view?: string; lines: readonly unknown[] })()
  const own = linesOf(result, view)
  expect(lines.length, 'a query that answers nothing proves nothing').toBeGreaterThan(0)
  expect(sorted(view === undefined ? own : rowsAsLoops(own, lines))).toEqual(sorted(lines))
  expect(result.dead).toEqual([])
  expect(result.late).toEqual([])
  expect(firstDifference(program, log, result, { final: true, seed: SEED })).toBeNull()
})
