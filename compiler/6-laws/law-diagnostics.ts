// The sixth phase, the law checks of a job: every `aggregation({...})` that one of its results uses.
//
// Promises: what static reading refutes is an error whatever the tests find; an `unsafeMonoid` is a warning with its
// reason. A verdict is kept by the hash of everything that determines it: code, captured values, zero, types, seed and
// version. The tests themselves are in `check-laws.ts`, which is loaded only where something has to be tested.

import { type GraphLambda, type JobGraph, topologicalOrder } from '../../core/plan/graph.ts'
import { ByteReader, hexToBytes } from '../../core/values/bytes.ts'
import { decodeValue } from '../../core/values/canonical.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import { inUtc } from '../4-evaluate/in-utc.ts'
import { hashOf, lambdaForm, schemaForm } from '../5-plan/hash.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import type { AggregationFacts } from '../law-facts.ts'
import { unmarkedCall } from '../messages/job.ts'
import {
  refusingLift,
  refusingPresent,
  unlawfulAggregation,
  unsafeMonoid,
  untestedAggregation,
} from '../messages/laws.ts'
import { isAboutPlus, type LawVerdict } from './verdict.ts'
import type { VerdictStore } from './verdicts.ts'

/** One author's aggregation of a job's graph. */
interface OwnAggregation {
  readonly callId: number | null
  /** Canonical bytes as hexadecimal digits. */
  readonly zero: string
  readonly lift: GraphLambda
  readonly plus: GraphLambda
  readonly present: GraphLambda
}

/** `version` is that of this package. */
export async function lawDiagnostics(
  graph: JobGraph,
  analysis: JobAnalysis,
  verdicts: VerdictStore,
  version: string,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  const done = new Set<string>()
  for (const own of aggregationsIn(graph)) {
    const facts = own.callId === null ? undefined : analysis.aggregations.get(own.callId)
    if (facts === undefined) {
      found.push(diagnose(unmarkedCall({ name: 'aggregation' }), null))
      continue
    }
    const hash = hashOf([version, definitionOf(own, facts, analysis)])
    if (done.has(`${own.callId} ${hash}`)) continue
    done.add(`${own.callId} ${hash}`)
    const { unsafeMonoid: reason } = own.plus
    if (reason !== undefined) found.push(diagnose(unsafeMonoid({ text: reason }), facts.spans.plus))
    else if (facts.values.schema === null) {
      found.push(diagnose(untestedAggregation({ text: facts.values.problem }), facts.spans.lift))
    } else found.push(...diagnosticsOf(facts, verdicts.read(hash) ?? (await tested(own, facts, hash, verdicts))))
  }
  return found
}

function aggregationsIn(graph: JobGraph): readonly OwnAggregation[] {
  return topologicalOrder(graph).flatMap(node => {
    if (node.kind !== 'aggregate') return []
    const { fields } = (node as typeof node & { readonly params: { readonly fields: readonly Field[] } }).params
    return fields.flatMap(({ name, zero }) => {
      const [lift, plus, present] = ['lift', 'plus', 'present'].map(slot => node.lambdas[`${name}.${slot}`])
      const isOwn = zero !== undefined && lift !== undefined && plus !== undefined && present !== undefined
      return isOwn ? [{ callId: plus.callId, zero, lift, plus, present }] : []
    })
  })
}

interface Field {
  readonly name: string
  readonly zero?: string
}

/** Everything that determines a verdict. */
function definitionOf(own: OwnAggregation, facts: AggregationFacts, analysis: JobAnalysis): unknown {
  const known = own.callId === null ? {} : (analysis.calls.get(own.callId)?.lambdas ?? {})
  const lambdas = [own.lift, own.plus, own.present].map(lambda => lambdaForm(lambda, known[lambda.slot]?.hash ?? null))
  const { schema } = facts.values
  const absent = facts.values.schema !== null && facts.values.absent
  return [LAWS_VERSION, own.zero, lambdas, schema === null ? null : schemaForm(schema), absent, facts.shape.kind]
}

/** Counts up when the tests change, so that verdicts of other tests are not used. */
const LAWS_VERSION = 1

async function tested(
  { zero, lift, plus, present }: OwnAggregation,
  { values, shape }: AggregationFacts,
  hash: string,
  verdicts: VerdictStore,
): Promise<LawVerdict> {
  if (values.schema === null) throw new Error('lyrebird invariant broken: an aggregation without a type is tested')
  const { checkLaws } = await import('./check-laws.ts')
  const verdict = inUtc(() =>
    checkLaws({
      zero: decodeValue(new ByteReader(hexToBytes(zero))),
      lift: lift.fn,
      plus: plus.fn,
      present: present.fn,
      schema: values.schema,
      absent: values.absent,
      proved: shape.kind === 'proved',
    }),
  )
  verdicts.write(hash, verdict)
  return verdict
}

function diagnosticsOf({ spans, shape }: AggregationFacts, { breach, refused }: LawVerdict): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const showsRefuted = shape.kind === 'refuted' && (breach === null || isAboutPlus(breach))
  if (shape.kind === 'refuted') {
    const lines = showsRefuted ? (breach?.lines ?? []) : []
    found.push(diagnose(unlawfulAggregation({ text: shape.label, fix: shape.fix }), shape.span, [], lines))
  }
  if (breach !== null && !showsRefuted) {
    const message = unlawfulAggregation({ text: breach.label, fix: breach.fix })
    found.push(diagnose(message, spans[breach.part], [], breach.lines))
  }
  if (breach !== null) return found
  const { lift, present } = refused
  if (lift !== null) found.push(diagnose(refusingLift({ value: lift.value, text: lift.error }), spans.lift))
  if (present !== null)
    found.push(diagnose(refusingPresent({ value: present.value, text: present.error }), spans.present))
  return found
}
