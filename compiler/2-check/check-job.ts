// The second phase: checks a job that was read, and gathers the facts of each call of the language.
//
// Promises: every problem is a diagnostic, none is thrown. What only running the job's module can show is found by
// `4-evaluate`.

import type { Insertion } from '../1-read/insertion.ts'
import type { LanguageCall } from '../1-read/language-calls.ts'
import type { Reading } from '../1-read/reading.ts'
import { shortText } from '../1-read/syntax.ts'
import type { CallFacts, LambdaCallFacts } from '../call-facts.ts'
import { collect, type Diagnostic, diagnose } from '../diagnostic.ts'
import { unseenLambda } from '../messages/determinism.ts'
import { typeError } from '../messages/types.ts'
import { type Analyses, lambdaFacts, markFor, placeText, wordNode } from './call-facts-of.ts'
import { checkNumeric, saidBetter } from './check-numeric.ts'
import { checkCsv, checkKept, sourceSchema } from './check-types.ts'
import { checkDeterminism } from './determinism/check-determinism.ts'
import type { JobAnalysis } from './job-analysis.ts'
import { CodeHashes } from './lambda/code-hash.ts'
import { type LambdaArgument, lambdaArguments } from './lambda/lambda-arguments.ts'
import { aggregationFacts } from './monoid/aggregation-facts.ts'
import { optionDiagnostics } from './option-diagnostics.ts'
import { UseAnalysis } from './uses/uses.ts'
import { viewTypes } from './view-types.ts'

interface AnalysedCall {
  readonly call: LanguageCall
  readonly lambdas: readonly LambdaArgument[]
  readonly facts: CallFacts
  readonly diagnostics: readonly Diagnostic[]
  /** Of aggregations that calculate. */
  readonly numeric: readonly Diagnostic[]
}

/** All that static reading finds out about a job. Throws only where an invariant is broken. */
export function checkReading(reading: Reading): JobAnalysis {
  const analyses: Analyses = { reading, uses: new UseAnalysis(reading), hashes: new CodeHashes(reading) }
  const calls = reading.languageCalls().map(call => analyseCall(analyses, call))
  const complaints = reading.typeErrors()
  const types = complaints.map(e => diagnose(typeError({ text: e.text, code: String(e.code) }), e.span))
  const lambdas = calls.flatMap(c => c.lambdas)
  const numeric = calls.flatMap(c => c.numeric)
  const options = optionDiagnostics(
    reading,
    complaints.map(c => c.code),
  )
  const found = [
    ...options,
    ...types.filter(t => !saidBetter(t, numeric)),
    ...numeric,
    ...calls.flatMap(c => c.diagnostics),
  ]
  return Object.freeze({
    diagnostics: collect([...found, ...checkDeterminism(reading, lambdas)]),
    calls: new Map(calls.map(c => [c.call.callId, c.facts])),
    views: viewTypes(reading, reading.languageCalls()),
    aggregations: new Map(
      calls
        .filter(c => c.call.word === 'aggregation')
        .map(c => [c.call.callId, aggregationFacts(reading, c.call, c.lambdas)]),
    ),
    spans: new Map(calls.map(c => [c.call.callId, reading.spanOf(wordNode(c.call.call))])),
    insertions: insertionsOf(reading, calls),
    files: reading.files.map(f => f.fileName),
    aliases: reading.importAliases(),
    emitted: reading.author.emitted,
    conditions: reading.author.conditions,
    configuration: reading.author.files,
    texts: new Map(reading.files.map(f => [reading.spanOf(f).file, f.text])),
    folder: reading.folder,
  })
}

function analyseCall(analyses: Analyses, call: LanguageCall): AnalysedCall {
  const { reading } = analyses
  const lambdas = lambdaArguments(reading, call)
  const slots = lambdas.map(l => [l.place.slot, lambdaFacts(analyses, call, l)] as const)
  const source =
    call.word === 'source' || call.word === 'table' ? sourceSchema(reading, call) : { schema: null, diagnostics: [] }
  const facts: CallFacts = Object.freeze({
    at: placeText(reading.spanOf(wordNode(call.call))),
    schema: source.schema,
    lambdas: Object.freeze(Object.fromEntries(slots) as Record<string, LambdaCallFacts>),
  })
  const unseen = lambdas.filter(l => !l.found.complete)
  const diagnostics = [
    ...source.diagnostics,
    ...(call.word === 'csv' ? checkCsv(reading, call) : []),
    ...checkKept(reading, call, lambdas),
    ...unseen.map(l => diagnose(unseenLambda({ name: shortText(l.expression) }), reading.spanOf(l.expression))),
  ]
  return { call, lambdas, facts, diagnostics, numeric: checkNumeric(reading, call, lambdas) }
}

/** By file, sorted by position; of marks at one position the inner call's comes first. */
function insertionsOf(reading: Reading, calls: readonly AnalysedCall[]): ReadonlyMap<string, readonly Insertion[]> {
  const byFile = new Map<string, Insertion[]>()
  for (const { call, lambdas } of calls) {
    const file = call.call.getSourceFile().fileName
    const list = byFile.get(file) ?? []
    byFile.set(file, list)
    list.push(markFor(reading, call, lambdas))
  }
  for (const list of byFile.values()) list.sort((a, b) => a.position - b.position)
  return byFile
}
