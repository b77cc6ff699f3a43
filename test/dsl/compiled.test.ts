// Every word of the language through the whole compiler: batch, stream and reference agree over random, hostile logs.
//
// Differential: an error in what the three share (plan, canonical bytes, the author's lambdas) does not show here; the
// reference has tests of its own (test/core/reference), and so have the words (words.test.ts).

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { compileJob, loadFunctions, renderDiagnostics } from '../../compiler/index.ts'
import { AGGREGATIONS, type AggregationKind } from '../../core/plan/aggregation-spec.ts'
import type { NodeKind } from '../../core/plan/plan.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { raw, smallLog } from '../support/small-log.ts'

const outDir = mkdtempSync(join(tmpdir(), 'lyrebird-words-'))
afterAll(() => rmSync(outDir, { recursive: true, force: true }))

/** Rows with quotes, blanks, missing and impossible columns; only the job `formats` reads them. */
const CSV = smallLog({
  'c/0': ['a,1', 'a,2.5', '"a,b",3', 'a,', 'b, 4 ', 'b,x', 'a', '"', 'a,1,2', '', '"q""q",-0', 'a,1e3\r'].map(
    (line, i) => raw(line, { timestamp: i * 1000 }),
  ),
})

const kinds = new Set<NodeKind>()
const aggregations = new Set<AggregationKind>()
/** The kind and the lambda slots of each field of an aggregation. */
const fieldLambdas: { kind: AggregationKind; slots: string[] }[] = []

async function compiled(name: string) {
  const path = fileURLToPath(new URL(`./jobs/${name}.ts`, import.meta.url))
  const { diagnostics, texts, outDir: written } = await compileJob(path, { outDir: join(outDir, name) })
  if (written === null) throw new Error(renderDiagnostics(diagnostics, { textOf: file => texts.get(file) }))
  const functions = await loadFunctions(written)
  for (const node of functions.plan.nodes) {
    kinds.add(node.kind)
    if (node.kind !== 'aggregate') continue
    for (const { name, kind } of node.params.fields) {
      aggregations.add(kind)
      const slots = Object.keys(node.lambdas).filter(slot => slot.startsWith(`${name}.`))
      fieldLambdas.push({ kind, slots: slots.map(slot => slot.slice(name.length + 1)) })
    }
  }
  return functions
}

describe.each([
  'steps',
  'aggregations',
  'custom-aggregations',
  'tables',
  'formats',
  'ordered',
  'windows',
  'joins',
  'sketches',
])('job %s', name => {
  test('agrees over an open and a final log', async () => {
    const functions = await compiled(name)
    for (const seed of [1, 2]) {
      const log = memoryLog([...largeLog(seed, { topics: { a: 2 }, maxRecords: 60 }), ...CSV])
      const verdict = await verifyJob({ functions, log, final: seed % 2 === 0, interleavings: 2, seed: seed * 10 })
      expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    }
  })
})

test('together the jobs use every word', () => {
  const all: Record<NodeKind, true> = {
    aggregate: true,
    changes: true,
    closed: true,
    distinct: true,
    existing: true,
    filter: true,
    filterKeys: true,
    filterTable: true,
    flatMap: true,
    flatMapKeys: true,
    joinTable: true,
    joinTables: true,
    joinWithin: true,
    keep: true,
    keyBy: true,
    lookup: true,
    map: true,
    mapTable: true,
    mapValues: true,
    merge: true,
    output: true,
    scan: true,
    source: true,
  }
  expect([...kinds].sort()).toEqual(Object.keys(all).sort())
  expect([...aggregations].sort()).toEqual(Object.keys(AGGREGATIONS).sort())
})

test('each field of an aggregation has the lambdas that the registry names', () => {
  expect(fieldLambdas.length).toBeGreaterThan(0)
  for (const { kind, slots } of fieldLambdas) {
    const { lambdas } = AGGREGATIONS[kind]
    expect(Object.keys(lambdas)).toEqual(expect.arrayContaining(slots))
    const required = Object.entries(lambdas).filter(([, lambda]) => lambda.required)
    expect(slots).toEqual(expect.arrayContaining(required.map(([slot]) => slot)))
  }
})
