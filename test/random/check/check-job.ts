// One job over one log, run in every way, and the first difference between two of them.
//
// Promises: reference, stream and batch are compared to the byte at the same cut, and so are the tables that both
// executors leave; the monotone property is tested on the reference. Not here: the real executors and the disk
// (`compiled.test.ts`).

import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { PROGRESS } from '../../../core/executor/progress.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { ByteReader, bytesToHex } from '../../../core/values/bytes.ts'
import { decodeValue } from '../../../core/values/canonical.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'
import { batch, differenceOf, type Pick, stream } from '../../support/feeding.ts'
import { MemoryState } from '../../support/memory-state.ts'
import { lostOf } from '../../support/monotone.ts'
import { prefixOf } from '../../support/random-log.ts'

export interface Trial {
  readonly module: FunctionsModule
  /** The log up to the cut. */
  readonly log: ReferenceInput
  readonly final: boolean
  /** The share of partition `i` in the earlier cut, from 0 to 1. */
  readonly shares: readonly number[]
  readonly pick: Pick
}

/** The result on which all agree, or the difference as text. */
export function agreed(trial: Trial): JobResult | string {
  const { module, log, final, pick } = trial
  const { plan } = module
  const expected = reference(module, log, { final })
  const streamed = new MemoryState()
  stream(module, log, streamed, pick, final)
  const first = differenceOf(plan, streamed, expected)
  if (first !== null) return differ('stream and reference', first)
  const stale = staleChanges(plan, streamed, expected)
  if (stale !== null) return stale
  const batched = new MemoryState()
  batch(module, log, batched, pick, final)
  const second = differenceOf(plan, batched, expected)
  if (second !== null) return differ('batch and reference', second)
  return tablesDiffer(streamed, batched) ?? fromEarlier(trial, expected) ?? expected
}

const differ = (sides: string, difference: object): string => `${sides} differ: ${JSON.stringify(difference)}`

/** A difference between the newest records of a topic of changes and the view; null where there is none. */
function staleChanges({ nodes, results }: Plan, state: MemoryState, expected: JobResult): string | null {
  for (const { id, kind, inputs } of nodes) {
    if (kind !== 'changes') continue
    const newest = new Map<string, string | null>()
    for (const { partition, key, value } of state.released.get(id) ?? []) {
      newest.set(`${partition} ${key === null ? null : bytesToHex(key)}`, value === null ? null : utf8.decode(value))
    }
    const view = results.find(r => r.kind === 'view' && r.node === inputs[0])?.name as string
    const rows = (expected.views.get(view) ?? []).flatMap(({ value }) =>
      value === null ? [] : [canonicalJson(decoded(value))],
    )
    const said = [...newest.values()].filter(text => text !== null).sort()
    if (said.join('\n') !== rows.sort().join('\n')) {
      return `the changes of ${view} say ${JSON.stringify(said)}, its rows are ${JSON.stringify(rows)}`
    }
  }
  return null
}

const utf8 = new TextDecoder()
const decoded = (bytes: Uint8Array): unknown => decodeValue(new ByteReader(bytes))

/** A difference between the tables of two states at one cut; null where there is none. */
function tablesDiffer(a: MemoryState, b: MemoryState): string | null {
  for (const table of new Set([...a.tables(), ...b.tables()])) {
    const [left, right] = [a, b].map(state => state.range(table).map(row => row.map(bytesToHex).join(' ')))
    if (left?.join('\n') !== right?.join('\n')) {
      return `stream and batch left different rows in ${table}: ${JSON.stringify([left, right])}`
    }
  }
  const [left, right] = [a, b].map(state => bytesToHex(state.document(PROGRESS) ?? new Uint8Array()))
  return left === right ? null : 'stream and batch left different progress'
}

/** From an earlier cut: what was emitted stays, and each executor continues from the state of the other. */
function fromEarlier({ module, log, final, shares, pick }: Trial, expected: JobResult): string | null {
  const { plan } = module
  const earlier = prefixOf(
    log,
    log.map((p, i) => Math.floor((shares[i % shares.length] as number) * (p.records.length + 1))),
  )
  const before = reference(module, earlier)
  const lost = lostOf(before, expected)
  if (lost !== null) return `what the reference has emitted did not stay: ${lost}`
  const state = new MemoryState({ byWindow: pick(4) === 0 })
  const [one, other] = pick(2) === 0 ? [stream, batch] : [batch, stream]
  one(module, earlier, state, pick)
  const half = differenceOf(plan, state, before)
  if (half !== null) return differ('an executor and the reference at an earlier cut', half)
  other(module, log, state, pick, final)
  const whole = differenceOf(plan, state, expected)
  return whole === null ? null : differ('an executor that went on from the other one, and the reference', whole)
}
